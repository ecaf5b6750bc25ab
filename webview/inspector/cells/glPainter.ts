/**
 * Draws attention cells with WebGL 2: weights are uploaded once as textures, display options are uniforms. Created by
 * `createPainter.ts`, which falls back to the canvas where this is unavailable.
 */
import type { CellOptions, Quad } from '../model/cells';
import { fit } from '../surface';
import type { CellPainter } from './painter';
import { fragmentShader, vertexShader } from './shaders';

const sinkColumns = 1024;
/** Numbers that describe one quad: see the attributes of the vertex shader. */
const perQuad = 13;

/** One instanced draw over an array of textures; thresholds, gamma and colours are uniforms, so sliders upload nothing. */
export class GlPainter implements CellPainter {
  readonly kind = 'webgl';
  #ramp: Uint8ClampedArray<ArrayBuffer> | undefined;
  #sinkCount = 0;
  #size = { width: 1, height: 1 };
  readonly #textures: { cells: WebGLTexture; ramp: WebGLTexture; sinks: WebGLTexture };
  readonly #quads: WebGLBuffer;

  /**
   * @param evenSlow also where the processor does a graphics card's work: it then has to give every picture back, and the
   *   page waits for it
   * @returns undefined where there is no WebGL 2
   */
  static create(side: number, slots: number, evenSlow: boolean, lost: () => void): GlPainter | undefined {
    const canvas = document.createElement('canvas');
    const gl = canvas.getContext('webgl2', {
      antialias: false,
      depth: false,
      alpha: true,
      premultipliedAlpha: true,
      preserveDrawingBuffer: true,
      failIfMajorPerformanceCaveat: !evenSlow,
    });
    if (gl === null || slots > (gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS) as number)) return undefined;
    if (!evenSlow && isSoftware(gl)) return undefined;
    const program = link(gl);
    return program === undefined ? undefined : new GlPainter(canvas, gl, program, side, slots, lost);
  }

  private constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly gl: WebGL2RenderingContext,
    private readonly program: WebGLProgram,
    side: number,
    slots: number,
    lost: () => void,
  ) {
    canvas.addEventListener('webglcontextlost', lost);
    this.#textures = { cells: gl.createTexture(), ramp: gl.createTexture(), sinks: gl.createTexture() };
    this.#quads = gl.createBuffer();
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.#bind(0, gl.TEXTURE_2D_ARRAY, this.#textures.cells);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R8, side, side, slots);
    gl.useProgram(program);
    gl.uniform1i(gl.getUniformLocation(program, 'cells'), 0);
    gl.uniform1i(gl.getUniformLocation(program, 'ramp'), 1);
    gl.uniform1i(gl.getUniformLocation(program, 'sinks'), 2);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#quads);
    ['place', 'part', 'map', 'extra'].forEach((name, i) => {
      const size = name === 'extra' ? 1 : 4;
      const location = gl.getAttribLocation(program, name);
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, perQuad * 4, i * 16);
      gl.vertexAttribDivisor(location, 1);
    });
    this.setSinks(new Uint8Array(1));
  }

  upload(slot: number, columns: number, rows: number, cells: Uint8Array): void {
    const { gl } = this;
    this.#bind(0, gl.TEXTURE_2D_ARRAY, this.#textures.cells);
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, slot, columns, rows, 1, gl.RED, gl.UNSIGNED_BYTE, cells);
  }

  setSinks(sinks: Uint8Array): void {
    const { gl } = this;
    this.#sinkCount = sinks.length;
    const rows = Math.max(1, Math.ceil(sinks.length / sinkColumns));
    const padded = new Uint8Array(rows * sinkColumns);
    padded.set(sinks);
    this.#bind(2, gl.TEXTURE_2D, this.#textures.sinks);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, sinkColumns, rows, 0, gl.RED, gl.UNSIGNED_BYTE, padded);
  }

  resize(width: number, height: number, scale: number): void {
    fit(this.canvas, width, height, scale);
    this.#size = { width, height };
  }

  paint(
    quads: readonly Quad[],
    ramp: Uint8ClampedArray<ArrayBuffer>,
    { threshold, gamma, withoutSink, diverging }: CellOptions,
  ): void {
    const { gl, program } = this;
    if (gl.isContextLost()) return;
    if (this.#ramp !== ramp) {
      this.#ramp = ramp;
      this.#bind(1, gl.TEXTURE_2D, this.#textures.ramp);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(ramp.buffer));
    }
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(program);
    const uniform = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
    gl.uniform2f(uniform('size'), this.#size.width, this.#size.height);
    gl.uniform1f(uniform('threshold'), threshold);
    gl.uniform1f(uniform('gamma'), gamma);
    gl.uniform1i(uniform('withoutSink'), withoutSink ? 1 : 0);
    gl.uniform1i(uniform('diverging'), diverging ? 1 : 0);
    gl.uniform1i(uniform('sinkCount'), this.#sinkCount);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#quads);
    gl.bufferData(gl.ARRAY_BUFFER, pack(quads), gl.DYNAMIC_DRAW);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, quads.length);
  }

  #bind(unit: number, target: number, texture: WebGLTexture): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(target, texture);
    gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }
}

function pack(quads: readonly Quad[]): Float32Array<ArrayBuffer> {
  const packed = new Float32Array(quads.length * perQuad);
  quads.forEach((quad, i) => {
    const { x, y, width, height, fromX, fromY, cellsX, cellsY, row, column, step, slot, scale } = quad;
    packed.set([x, y, width, height, fromX, fromY, cellsX, cellsY, row, column, step, slot, scale], i * perQuad);
  });
  return packed;
}

/** Whether the processor plays the graphics card's part: some browsers do not count that as a caveat. */
function isSoftware(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  return typeof renderer === 'string' && /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

function link(gl: WebGL2RenderingContext): WebGLProgram | undefined {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : undefined;
}

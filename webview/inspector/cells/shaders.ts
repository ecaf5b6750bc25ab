/** Shader sources of `glPainter.ts`. The fragment shader must compute the same colour index as `model/cells.ts`. */

/** Places a quad; see model/cells.ts for what its numbers mean. */
export const vertexShader = `#version 300 es
in vec4 place;
in vec4 part;
in vec4 map;
in float extra;
uniform vec2 size;
out vec2 cell;
flat out ivec4 origin;
flat out float scale;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 pixel = place.xy + corner * place.zw;
  cell = part.xy + corner * part.zw;
  origin = ivec4(map);
  scale = extra;
  gl_Position = vec4(pixel.x / size.x * 2.0 - 1.0, 1.0 - pixel.y / size.y * 2.0, 0.0, 1.0);
}
`;

/** The same as rampIndex in model/cells.ts. */
export const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
uniform sampler2DArray cells;
uniform sampler2D ramp;
uniform sampler2D sinks;
uniform float threshold;
uniform float gamma;
uniform bool withoutSink;
uniform bool diverging;
uniform int sinkCount;
in vec2 cell;
flat in ivec4 origin;
flat in float scale;
out vec4 colour;
void main() {
  ivec2 at = ivec2(floor(cell));
  float root = texelFetch(cells, ivec3(at, origin.w), 0).r;
  float index;
  if (diverging) {
    index = root * 255.0;
  } else {
    float weight = root * root;
    if (withoutSink) {
      int row = min(sinkCount - 1, origin.x + at.y * origin.z + (origin.z >> 1));
      float sink = texelFetch(sinks, ivec2(row % 1024, row / 1024), 0).r;
      weight = origin.y + at.x == 0 ? 0.0 : weight / max(0.001, 1.0 - sink * sink);
    }
    float part = min(1.0, weight / scale);
    index = part < threshold || part == 0.0 ? 0.0 : 255.0 * pow(part, gamma);
  }
  colour = texelFetch(ramp, ivec2(int(floor(index + 0.5)), 0), 0);
}
`;

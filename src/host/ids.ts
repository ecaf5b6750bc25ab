/** Every command, view, tool and setting of the extension, once. A test compares this file with package.json. */

export const commands = {
  toggleCompletions: 'glassbox.toggleCompletions',
  snoozeCompletions: 'glassbox.snoozeCompletions',
  showSuggestionStatistics: 'glassbox.showSuggestionStatistics',
  resetLearning: 'glassbox.resetLearning',
  showMenu: 'glassbox.showMenu',
  showLog: 'glassbox.showLog',
  diagnose: 'glassbox.diagnose',
  chooseModel: 'glassbox.chooseModel',
  useServer: 'glassbox.useServer',
  restartEngine: 'glassbox.restartEngine',
  summarizeSelection: 'glassbox.summarizeSelection',
  summaryStop: 'glassbox.summary.stop',
  summaryCopy: 'glassbox.summary.copy',
  summaryRegenerate: 'glassbox.summary.regenerate',
  summaryMode: 'glassbox.summary.mode',
  summaryInsert: 'glassbox.summary.insert',
  summaryReplace: 'glassbox.summary.replace',
  summaryLines: 'glassbox.summary.lines',
  summaryClose: 'glassbox.summary.close',
  clearCaches: 'glassbox.clearCaches',
  searchByMeaning: 'glassbox.searchByMeaning',
  findSimilar: 'glassbox.findSimilar',
  verifyIndex: 'glassbox.verifyIndex',
  rebuildIndex: 'glassbox.rebuildIndex',
  pauseIndexing: 'glassbox.pauseIndexing',
  resumeIndexing: 'glassbox.resumeIndexing',
  cancelIndexing: 'glassbox.cancelIndexing',
  showIndexSize: 'glassbox.showIndexSize',
  clearIndex: 'glassbox.clearIndex',
  restartIndex: 'glassbox.restartIndex',
  hitOpen: 'glassbox.hit.open',
  hitOpenBeside: 'glassbox.hit.openBeside',
  hitPeek: 'glassbox.hit.peek',
  hitExplain: 'glassbox.hit.explain',
  hitCopy: 'glassbox.hit.copy',
  hitCallers: 'glassbox.hit.callers',
  hitCallees: 'glassbox.hit.callees',
  hitTests: 'glassbox.hit.tests',
  inspectAttention: 'glassbox.inspectAttention',
  explainSuggestion: 'glassbox.explainSuggestion',
  nextEditTake: 'glassbox.nextEdit.take',
  nextEditDecline: 'glassbox.nextEdit.decline',
  nextEditApplyOthers: 'glassbox.nextEdit.applyOthers',
  nextEditPreview: 'glassbox.nextEdit.preview',
  nextEditExplain: 'glassbox.nextEdit.explain',
} as const;

/** Colours of the heat on the source, weakest first. */
export const colors = {
  reads: [
    'glassbox.attention.reads1',
    'glassbox.attention.reads2',
    'glassbox.attention.reads3',
    'glassbox.attention.reads4',
  ],
  readBy: [
    'glassbox.attention.readBy1',
    'glassbox.attention.readBy2',
    'glassbox.attention.readBy3',
    'glassbox.attention.readBy4',
  ],
  outline: 'glassbox.attention.outline',
  border: 'glassbox.attention.border',
} as const;

/** Colours of a proposed edit. */
export const nextEditColors = {
  removed: 'glassbox.nextEdit.removed',
  inserted: 'glassbox.nextEdit.inserted',
  text: 'glassbox.nextEdit.text',
  border: 'glassbox.nextEdit.border',
} as const;

/** What the conditions of keys ask for. */
export const contexts = {
  /** An edit is proposed and to be seen. */
  nextEditShown: 'glassbox.nextEdit.shown',
  /** Tab would do something with it. */
  nextEditTab: 'glassbox.nextEdit.tab',
} as const;

/** Of documents that a proposed edit is shown in before it is made. */
export const previewScheme = 'glassbox-next-edit';

/** Commands that exist but are not offered to the user, so they are absent from package.json. */
export const internalCommands = {
  completionAccepted: 'glassbox.internal.completionAccepted',
  confirmServers: 'glassbox.internal.confirmServers',
  nextEditTab: 'glassbox.internal.nextEditTab',
  nextEditAccepted: 'glassbox.internal.nextEditAccepted',
  summarySentence: 'glassbox.internal.summarySentence',
  summaryReveal: 'glassbox.internal.summaryReveal',
  summaryInside: 'glassbox.internal.summaryInside',
} as const;

export const views = {
  search: 'glassbox.search',
  attention: 'glassbox.attention',
} as const;

/** What language models are offered. */
export const tools = {
  search: 'glassbox_search',
  summarize: 'glassbox_summarize',
} as const;

export const settings = {
  completionEnabled: 'glassbox.completion.enabled',
  completionLanguages: 'glassbox.completion.languages',
  completionWhere: 'glassbox.completion.where',
  completionLength: 'glassbox.completion.length',
  completionCopying: 'glassbox.completion.copying',
  completionAskAhead: 'glassbox.completion.askAhead',
  completionContext: 'glassbox.completion.context',
  completionMinimumConfidence: 'glassbox.completion.minimumConfidence',
  completionLearning: 'glassbox.completion.learning',
  nextEdit: 'glassbox.nextEdit',
  modelDecoder: 'glassbox.model.decoder',
  modelEncoder: 'glassbox.model.encoder',
  searchOnBattery: 'glassbox.search.onBattery',
  serverCompletion: 'glassbox.server.completion',
  serverSummaries: 'glassbox.server.summaries',
  serverSearch: 'glassbox.server.search',
  engineThreads: 'glassbox.engine.threads',
  engineDevice: 'glassbox.engine.device',
  engineUnloadAfterMinutes: 'glassbox.engine.unloadAfterMinutes',
} as const;

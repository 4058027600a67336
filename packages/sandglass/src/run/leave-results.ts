import { resolve } from 'node:path'
import type { ExhibitInput } from '@sandglass/core'
import { saveModel, writeFileAtomic } from '@sandglass/core/node'
import type { LayerActivity } from '@sandglass/trainer'
import { pngOf } from '../node/png'
import { curvesSheet } from '../report/curves'
import { draw } from '../report/draw'
import { pictureName, renderReport } from '../report/report'
import { activitiesOf } from './exhibits/definitions'
import { createShared, makeExhibits } from './exhibits/index'
import type { Finished } from './finished'
import { files, writeJson } from './folder'
import { judge } from './judge'
import { reportContent } from './report-content'
import type { RunResult } from './result'

/** Model, pictures, report and result of a finished run. */
export async function leaveResults(finished: Finished): Promise<RunResult> {
  const { plan, result, data, provenance } = finished
  const { folder, settings } = plan
  const { model: trained, history, backend, seed, stopped } = result
  const path = (name: string) => resolve(folder, name)
  const classNames = data.train.fields.label?.classes
  await saveModel(path(files.model), {
    model: trained.model,
    weights: await trained.weights(),
    attachments: trained.attachments,
    controls: trained.controls,
    extras: { provenance, dataset: settings.dataset as never, ...(classNames && { classNames }) },
  })
  const shown: ExhibitInput = {
    trained,
    backend: finished.backend,
    dataset: data.validation ?? data.train,
    part: data.validation ? 'validation' : 'training',
    seed,
    history,
    states: result.checkpoint.callbacks,
    shared: createShared(),
  }
  const activities = await activitiesOf(shown)
  const exhibits = await makeExhibits(finished.options.registry, shown)
  const means = activities.flatMap((each) => [...each.means])
  const monitor = judge(history, result.monitor)
  const document: RunResult = {
    history,
    ...(monitor && { monitor }),
    backend,
    stepsPerSecond: result.stepsPerSecond,
    seed,
    paths: { run: resolve(folder), model: path(files.model), report: path(files.report) },
    data: { provenance },
    ...(means.length && { meanActivation: meanOf(means), activity: activities.map(activityOf) }),
    ...(finished.trainings && { warmStart: finished.trainings }),
    ...(stopped !== 'completed' && { stopped }),
  }
  const pictures = exhibits.map(({ name, data: drawn }) => ({ name, figure: draw(drawn) }))
  if (history.length) pictures.unshift({ name: 'curves', figure: curvesSheet(history) })
  for (const picture of pictures)
    await writeFileAtomic(path(pictureName(picture)), await pngOf(picture.figure))
  const page = renderReport(reportContent(finished, document, exhibits))
  await writeFileAtomic(path(files.report), new TextEncoder().encode(page))
  await writeJson(path(files.result), document)
  return document
}

function activityOf({ path, means, dead }: LayerActivity): NonNullable<RunResult['activity']>[number] {
  return { layer: path, meanActivation: meanOf([...means]), units: means.length, dead }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

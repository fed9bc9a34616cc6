import type { WabaResult } from '../answer-of.ts';
import { callWaba, type Probe, type WabaRequest } from '../call-waba.ts';
import { idOf, isRecord, listOf, textOf } from '../json-record.ts';
import type { Node, WabaAccess } from './upstream.ts';
import { upstreamOf } from './upstream-of.ts';

/** What WhatsApp's answer about its health calls the nodes. */
const ENTITY_TYPES: Partial<Record<string, Node>> = { WABA: 'account', APP: 'app' };

/** The settings that spare us the question. */
const SETTINGS: Partial<Record<Node, string>> = { account: 'META_WABA_ID', app: 'META_APP_ID' };

const learned = new WeakMap<object, Map<Node, string>>();

/**
 * Returns a node's path; where its id is not among the settings, WABA is asked for it once while the isolate
 * lives. What came of that call where there is no path.
 */
export async function placeOf(
  access: WabaAccess,
  node: Node,
  deadlineMs: number,
  probe?: Probe,
): Promise<string | WabaResult> {
  const upstream = upstreamOf(access);
  const path = upstream.pathOf(node) ?? learned.get(access)?.get(node);
  if (path !== undefined) return path;
  const number = upstream.pathOf('number');
  if (number === undefined) return unset('META_PHONE_NUMBER_ID');
  const { method, path: rest } = upstream.health;
  const request: WabaRequest = { method, path: number + rest, deadlineMs };
  const result = await callWaba(access, request, probe);
  if (result.kind !== 'answered' || result.status !== 200) return result;
  const paths = nodesIn(result.body);
  learned.set(access, paths);
  return paths.get(node) ?? unset(SETTINGS[node] ?? node);
}

function unset(setting: string): WabaResult {
  return { kind: 'unsent', reason: `No ${setting} is set, and WhatsApp does not name it.` };
}

function nodesIn(body: unknown): Map<Node, string> {
  const health = isRecord(body) ? body['health_status'] : undefined;
  const entities = isRecord(health) ? listOf(health['entities']).filter(isRecord) : [];
  return new Map(
    entities.flatMap(({ entity_type: type, id }): [Node, string][] => {
      const node = ENTITY_TYPES[textOf(type) ?? ''];
      const known = idOf(id);
      return node === undefined || known === undefined ? [] : [[node, `/${known}`]];
    }),
  );
}

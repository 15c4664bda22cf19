// Original file: proto/forehold/v1/session.proto

import type { WelcomeInput as _forehold_v1_WelcomeInput, Welcome as _forehold_v1_Welcome } from '../../forehold/v1/Welcome.ts';
import type { OfferInput as _forehold_v1_OfferInput, Offer as _forehold_v1_Offer } from '../../forehold/v1/Offer.ts';
import type { OutcomeAckInput as _forehold_v1_OutcomeAckInput, OutcomeAck as _forehold_v1_OutcomeAck } from '../../forehold/v1/OutcomeAck.ts';
import type { RevokeInput as _forehold_v1_RevokeInput, Revoke as _forehold_v1_Revoke } from '../../forehold/v1/Revoke.ts';
import type { ResyncInput as _forehold_v1_ResyncInput, Resync as _forehold_v1_Resync } from '../../forehold/v1/Resync.ts';
import type { DrainInput as _forehold_v1_DrainInput, Drain as _forehold_v1_Drain } from '../../forehold/v1/Drain.ts';

export interface CoordinatorMessageInput {
  /**
   * The agent drops a message whose session id is not its own.
   */
  'sessionId'?: (string);
  'welcome'?: (_forehold_v1_WelcomeInput | null);
  'offer'?: (_forehold_v1_OfferInput | null);
  'outcomeAck'?: (_forehold_v1_OutcomeAckInput | null);
  'revoke'?: (_forehold_v1_RevokeInput | null);
  'resync'?: (_forehold_v1_ResyncInput | null);
  'drain'?: (_forehold_v1_DrainInput | null);
  'body'?: "welcome"|"offer"|"outcomeAck"|"revoke"|"resync"|"drain";
}

export interface CoordinatorMessage {
  /**
   * The agent drops a message whose session id is not its own.
   */
  'sessionId': (string);
  'welcome'?: (_forehold_v1_Welcome | null);
  'offer'?: (_forehold_v1_Offer | null);
  'outcomeAck'?: (_forehold_v1_OutcomeAck | null);
  'revoke'?: (_forehold_v1_Revoke | null);
  'resync'?: (_forehold_v1_Resync | null);
  'drain'?: (_forehold_v1_Drain | null);
  'body'?: "welcome"|"offer"|"outcomeAck"|"revoke"|"resync"|"drain";
}

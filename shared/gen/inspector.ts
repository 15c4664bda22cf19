import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { DesiredImageInput as _forehold_v1_DesiredImageInput, DesiredImage as _forehold_v1_DesiredImage } from './forehold/v1/DesiredImage.ts';
import type { ExplainRequestInput as _forehold_v1_ExplainRequestInput, ExplainRequest as _forehold_v1_ExplainRequest } from './forehold/v1/ExplainRequest.ts';
import type { ExplainResponseInput as _forehold_v1_ExplainResponseInput, ExplainResponse as _forehold_v1_ExplainResponse } from './forehold/v1/ExplainResponse.ts';
import type { ExplanationInput as _forehold_v1_ExplanationInput, Explanation as _forehold_v1_Explanation } from './forehold/v1/Explanation.ts';
import type { GetLeaseRequestInput as _forehold_v1_GetLeaseRequestInput, GetLeaseRequest as _forehold_v1_GetLeaseRequest } from './forehold/v1/GetLeaseRequest.ts';
import type { GetLeaseResponseInput as _forehold_v1_GetLeaseResponseInput, GetLeaseResponse as _forehold_v1_GetLeaseResponse } from './forehold/v1/GetLeaseResponse.ts';
import type { GetNodeRequestInput as _forehold_v1_GetNodeRequestInput, GetNodeRequest as _forehold_v1_GetNodeRequest } from './forehold/v1/GetNodeRequest.ts';
import type { GetNodeResponseInput as _forehold_v1_GetNodeResponseInput, GetNodeResponse as _forehold_v1_GetNodeResponse } from './forehold/v1/GetNodeResponse.ts';
import type { HolderInput as _forehold_v1_HolderInput, Holder as _forehold_v1_Holder } from './forehold/v1/Holder.ts';
import type { InspectorServiceClient as _forehold_v1_InspectorServiceClient, InspectorServiceDefinition as _forehold_v1_InspectorServiceDefinition } from './forehold/v1/InspectorService.ts';
import type { LeaseInput as _forehold_v1_LeaseInput, Lease as _forehold_v1_Lease } from './forehold/v1/Lease.ts';
import type { LimitScopeUseInput as _forehold_v1_LimitScopeUseInput, LimitScopeUse as _forehold_v1_LimitScopeUse } from './forehold/v1/LimitScopeUse.ts';
import type { ListImagesRequestInput as _forehold_v1_ListImagesRequestInput, ListImagesRequest as _forehold_v1_ListImagesRequest } from './forehold/v1/ListImagesRequest.ts';
import type { ListImagesResponseInput as _forehold_v1_ListImagesResponseInput, ListImagesResponse as _forehold_v1_ListImagesResponse } from './forehold/v1/ListImagesResponse.ts';
import type { ListLeasesRequestInput as _forehold_v1_ListLeasesRequestInput, ListLeasesRequest as _forehold_v1_ListLeasesRequest } from './forehold/v1/ListLeasesRequest.ts';
import type { ListLeasesResponseInput as _forehold_v1_ListLeasesResponseInput, ListLeasesResponse as _forehold_v1_ListLeasesResponse } from './forehold/v1/ListLeasesResponse.ts';
import type { ListLimitsRequestInput as _forehold_v1_ListLimitsRequestInput, ListLimitsRequest as _forehold_v1_ListLimitsRequest } from './forehold/v1/ListLimitsRequest.ts';
import type { ListLimitsResponseInput as _forehold_v1_ListLimitsResponseInput, ListLimitsResponse as _forehold_v1_ListLimitsResponse } from './forehold/v1/ListLimitsResponse.ts';
import type { ListNodesRequestInput as _forehold_v1_ListNodesRequestInput, ListNodesRequest as _forehold_v1_ListNodesRequest } from './forehold/v1/ListNodesRequest.ts';
import type { ListNodesResponseInput as _forehold_v1_ListNodesResponseInput, ListNodesResponse as _forehold_v1_ListNodesResponse } from './forehold/v1/ListNodesResponse.ts';
import type { NodeInput as _forehold_v1_NodeInput, Node as _forehold_v1_Node } from './forehold/v1/Node.ts';
import type { PauseInput as _forehold_v1_PauseInput, Pause as _forehold_v1_Pause } from './forehold/v1/Pause.ts';
import type { PauseRequestInput as _forehold_v1_PauseRequestInput, PauseRequest as _forehold_v1_PauseRequest } from './forehold/v1/PauseRequest.ts';
import type { PauseResponseInput as _forehold_v1_PauseResponseInput, PauseResponse as _forehold_v1_PauseResponse } from './forehold/v1/PauseResponse.ts';
import type { PlatformInput as _forehold_v1_PlatformInput, Platform as _forehold_v1_Platform } from './forehold/v1/Platform.ts';
import type { ReasonCountInput as _forehold_v1_ReasonCountInput, ReasonCount as _forehold_v1_ReasonCount } from './forehold/v1/ReasonCount.ts';
import type { ResumeRequestInput as _forehold_v1_ResumeRequestInput, ResumeRequest as _forehold_v1_ResumeRequest } from './forehold/v1/ResumeRequest.ts';
import type { ResumeResponseInput as _forehold_v1_ResumeResponseInput, ResumeResponse as _forehold_v1_ResumeResponse } from './forehold/v1/ResumeResponse.ts';
import type { RevokeLeaseRequestInput as _forehold_v1_RevokeLeaseRequestInput, RevokeLeaseRequest as _forehold_v1_RevokeLeaseRequest } from './forehold/v1/RevokeLeaseRequest.ts';
import type { RevokeLeaseResponseInput as _forehold_v1_RevokeLeaseResponseInput, RevokeLeaseResponse as _forehold_v1_RevokeLeaseResponse } from './forehold/v1/RevokeLeaseResponse.ts';
import type { WatchLeasesRequestInput as _forehold_v1_WatchLeasesRequestInput, WatchLeasesRequest as _forehold_v1_WatchLeasesRequest } from './forehold/v1/WatchLeasesRequest.ts';
import type { WatchLeasesResponseInput as _forehold_v1_WatchLeasesResponseInput, WatchLeasesResponse as _forehold_v1_WatchLeasesResponse } from './forehold/v1/WatchLeasesResponse.ts';
import type { DurationInput as _google_protobuf_DurationInput, Duration as _google_protobuf_Duration } from './google/protobuf/Duration.ts';
import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from './google/protobuf/Timestamp.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  forehold: {
    v1: {
      DesiredImage: MessageTypeDefinition<_forehold_v1_DesiredImageInput, _forehold_v1_DesiredImage>
      ExplainRequest: MessageTypeDefinition<_forehold_v1_ExplainRequestInput, _forehold_v1_ExplainRequest>
      ExplainResponse: MessageTypeDefinition<_forehold_v1_ExplainResponseInput, _forehold_v1_ExplainResponse>
      Explanation: MessageTypeDefinition<_forehold_v1_ExplanationInput, _forehold_v1_Explanation>
      GetLeaseRequest: MessageTypeDefinition<_forehold_v1_GetLeaseRequestInput, _forehold_v1_GetLeaseRequest>
      GetLeaseResponse: MessageTypeDefinition<_forehold_v1_GetLeaseResponseInput, _forehold_v1_GetLeaseResponse>
      GetNodeRequest: MessageTypeDefinition<_forehold_v1_GetNodeRequestInput, _forehold_v1_GetNodeRequest>
      GetNodeResponse: MessageTypeDefinition<_forehold_v1_GetNodeResponseInput, _forehold_v1_GetNodeResponse>
      Holder: MessageTypeDefinition<_forehold_v1_HolderInput, _forehold_v1_Holder>
      /**
       * What the coordinator knows, for grpcurl, the CLI and people; and the three things that people may ask of it: to give a
       * lease back, to pause and to resume.
       * 
       * Lists are paged: page_size defaults to 500, at most 1,000; page_token is the next_page_token of the page before,
       * with the same filters, else INVALID_ARGUMENT. An empty next_page_token means that this was the last page.
       * 
       * Outside loopback every call carries the metadata `authorization: Bearer TOKEN` with a token for the audience
       * `forehold-inspector` (`kubectl create token forehold-viewer --audience forehold-inspector --duration 10m`), else
       * UNAUTHENTICATED; its account must be allowed the verb on the resource of group forehold.dev that the method stands
       * for, else PERMISSION_DENIED. A stream is asked about again every 30 s and ends with its token or its permission.
       */
      InspectorService: SubtypeConstructor<typeof grpc.Client, _forehold_v1_InspectorServiceClient> & { service: _forehold_v1_InspectorServiceDefinition }
      Lease: MessageTypeDefinition<_forehold_v1_LeaseInput, _forehold_v1_Lease>
      LeasePhase: EnumTypeDefinition
      LimitScopeUse: MessageTypeDefinition<_forehold_v1_LimitScopeUseInput, _forehold_v1_LimitScopeUse>
      ListImagesRequest: MessageTypeDefinition<_forehold_v1_ListImagesRequestInput, _forehold_v1_ListImagesRequest>
      ListImagesResponse: MessageTypeDefinition<_forehold_v1_ListImagesResponseInput, _forehold_v1_ListImagesResponse>
      ListLeasesRequest: MessageTypeDefinition<_forehold_v1_ListLeasesRequestInput, _forehold_v1_ListLeasesRequest>
      ListLeasesResponse: MessageTypeDefinition<_forehold_v1_ListLeasesResponseInput, _forehold_v1_ListLeasesResponse>
      ListLimitsRequest: MessageTypeDefinition<_forehold_v1_ListLimitsRequestInput, _forehold_v1_ListLimitsRequest>
      ListLimitsResponse: MessageTypeDefinition<_forehold_v1_ListLimitsResponseInput, _forehold_v1_ListLimitsResponse>
      ListNodesRequest: MessageTypeDefinition<_forehold_v1_ListNodesRequestInput, _forehold_v1_ListNodesRequest>
      ListNodesResponse: MessageTypeDefinition<_forehold_v1_ListNodesResponseInput, _forehold_v1_ListNodesResponse>
      Node: MessageTypeDefinition<_forehold_v1_NodeInput, _forehold_v1_Node>
      Outcome: EnumTypeDefinition
      Pause: MessageTypeDefinition<_forehold_v1_PauseInput, _forehold_v1_Pause>
      PauseRequest: MessageTypeDefinition<_forehold_v1_PauseRequestInput, _forehold_v1_PauseRequest>
      PauseResponse: MessageTypeDefinition<_forehold_v1_PauseResponseInput, _forehold_v1_PauseResponse>
      PauseScope: EnumTypeDefinition
      Platform: MessageTypeDefinition<_forehold_v1_PlatformInput, _forehold_v1_Platform>
      Provenance: EnumTypeDefinition
      Reason: EnumTypeDefinition
      ReasonCount: MessageTypeDefinition<_forehold_v1_ReasonCountInput, _forehold_v1_ReasonCount>
      ResumeRequest: MessageTypeDefinition<_forehold_v1_ResumeRequestInput, _forehold_v1_ResumeRequest>
      ResumeResponse: MessageTypeDefinition<_forehold_v1_ResumeResponseInput, _forehold_v1_ResumeResponse>
      RevokeLeaseRequest: MessageTypeDefinition<_forehold_v1_RevokeLeaseRequestInput, _forehold_v1_RevokeLeaseRequest>
      RevokeLeaseResponse: MessageTypeDefinition<_forehold_v1_RevokeLeaseResponseInput, _forehold_v1_RevokeLeaseResponse>
      WatchLeasesRequest: MessageTypeDefinition<_forehold_v1_WatchLeasesRequestInput, _forehold_v1_WatchLeasesRequest>
      WatchLeasesResponse: MessageTypeDefinition<_forehold_v1_WatchLeasesResponseInput, _forehold_v1_WatchLeasesResponse>
    }
  }
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_DurationInput, _google_protobuf_Duration>
      Timestamp: MessageTypeDefinition<_google_protobuf_TimestampInput, _google_protobuf_Timestamp>
    }
  }
}


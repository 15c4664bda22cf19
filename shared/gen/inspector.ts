import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { DesiredImageInput as _forehold_v1_DesiredImageInput, DesiredImage as _forehold_v1_DesiredImage } from './forehold/v1/DesiredImage.ts';
import type { GetLeaseRequestInput as _forehold_v1_GetLeaseRequestInput, GetLeaseRequest as _forehold_v1_GetLeaseRequest } from './forehold/v1/GetLeaseRequest.ts';
import type { GetLeaseResponseInput as _forehold_v1_GetLeaseResponseInput, GetLeaseResponse as _forehold_v1_GetLeaseResponse } from './forehold/v1/GetLeaseResponse.ts';
import type { InspectorServiceClient as _forehold_v1_InspectorServiceClient, InspectorServiceDefinition as _forehold_v1_InspectorServiceDefinition } from './forehold/v1/InspectorService.ts';
import type { LeaseInput as _forehold_v1_LeaseInput, Lease as _forehold_v1_Lease } from './forehold/v1/Lease.ts';
import type { ListImagesRequestInput as _forehold_v1_ListImagesRequestInput, ListImagesRequest as _forehold_v1_ListImagesRequest } from './forehold/v1/ListImagesRequest.ts';
import type { ListImagesResponseInput as _forehold_v1_ListImagesResponseInput, ListImagesResponse as _forehold_v1_ListImagesResponse } from './forehold/v1/ListImagesResponse.ts';
import type { ListLeasesRequestInput as _forehold_v1_ListLeasesRequestInput, ListLeasesRequest as _forehold_v1_ListLeasesRequest } from './forehold/v1/ListLeasesRequest.ts';
import type { ListLeasesResponseInput as _forehold_v1_ListLeasesResponseInput, ListLeasesResponse as _forehold_v1_ListLeasesResponse } from './forehold/v1/ListLeasesResponse.ts';
import type { ListNodesRequestInput as _forehold_v1_ListNodesRequestInput, ListNodesRequest as _forehold_v1_ListNodesRequest } from './forehold/v1/ListNodesRequest.ts';
import type { ListNodesResponseInput as _forehold_v1_ListNodesResponseInput, ListNodesResponse as _forehold_v1_ListNodesResponse } from './forehold/v1/ListNodesResponse.ts';
import type { NodeInput as _forehold_v1_NodeInput, Node as _forehold_v1_Node } from './forehold/v1/Node.ts';
import type { PlatformInput as _forehold_v1_PlatformInput, Platform as _forehold_v1_Platform } from './forehold/v1/Platform.ts';
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
      GetLeaseRequest: MessageTypeDefinition<_forehold_v1_GetLeaseRequestInput, _forehold_v1_GetLeaseRequest>
      GetLeaseResponse: MessageTypeDefinition<_forehold_v1_GetLeaseResponseInput, _forehold_v1_GetLeaseResponse>
      /**
       * What the coordinator knows, for grpcurl, the CLI and people.
       * 
       * Lists are paged: page_size defaults to 500, at most 1,000; page_token is the next_page_token of the page before,
       * with the same filters, else INVALID_ARGUMENT. An empty next_page_token means that this was the last page.
       */
      InspectorService: SubtypeConstructor<typeof grpc.Client, _forehold_v1_InspectorServiceClient> & { service: _forehold_v1_InspectorServiceDefinition }
      Lease: MessageTypeDefinition<_forehold_v1_LeaseInput, _forehold_v1_Lease>
      LeasePhase: EnumTypeDefinition
      ListImagesRequest: MessageTypeDefinition<_forehold_v1_ListImagesRequestInput, _forehold_v1_ListImagesRequest>
      ListImagesResponse: MessageTypeDefinition<_forehold_v1_ListImagesResponseInput, _forehold_v1_ListImagesResponse>
      ListLeasesRequest: MessageTypeDefinition<_forehold_v1_ListLeasesRequestInput, _forehold_v1_ListLeasesRequest>
      ListLeasesResponse: MessageTypeDefinition<_forehold_v1_ListLeasesResponseInput, _forehold_v1_ListLeasesResponse>
      ListNodesRequest: MessageTypeDefinition<_forehold_v1_ListNodesRequestInput, _forehold_v1_ListNodesRequest>
      ListNodesResponse: MessageTypeDefinition<_forehold_v1_ListNodesResponseInput, _forehold_v1_ListNodesResponse>
      Node: MessageTypeDefinition<_forehold_v1_NodeInput, _forehold_v1_Node>
      Outcome: EnumTypeDefinition
      Platform: MessageTypeDefinition<_forehold_v1_PlatformInput, _forehold_v1_Platform>
      Provenance: EnumTypeDefinition
      Reason: EnumTypeDefinition
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


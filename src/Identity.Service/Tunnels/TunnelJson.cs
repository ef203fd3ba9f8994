using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Tunnels.RangeSets;

namespace Culvert.Identity.Service.Tunnels;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(CreateTunnelRequest))]
[JsonSerializable(typeof(UpdateTunnelRequest))]
[JsonSerializable(typeof(TunnelDocument))]
[JsonSerializable(typeof(Page<TunnelDocument>))]
[JsonSerializable(typeof(TunnelTokenDocument))]
[JsonSerializable(typeof(RegisterCertificateRequest))]
[JsonSerializable(typeof(ConfirmCertificateRequest))]
[JsonSerializable(typeof(RegisteredCertificateDocument))]
[JsonSerializable(typeof(Page<RegisteredCertificateDocument>))]
[JsonSerializable(typeof(TrustBundleDocument))]
[JsonSerializable(typeof(CreateEdgeRequest))]
[JsonSerializable(typeof(EdgeDocument))]
[JsonSerializable(typeof(Page<EdgeDocument>))]
[JsonSerializable(typeof(AgentDocument))]
[JsonSerializable(typeof(Page<AgentDocument>))]
[JsonSerializable(typeof(TunnelStatusDocument))]
[JsonSerializable(typeof(ApplyRangeSetRequest))]
[JsonSerializable(typeof(ClientRangeSetDocument))]
[JsonSerializable(typeof(Page<ClientRangeSetDocument>))]
[JsonSerializable(typeof(AddClientAuthorityRequest))]
[JsonSerializable(typeof(ClientAuthorityDocument))]
[JsonSerializable(typeof(Page<ClientAuthorityDocument>))]
[JsonSerializable(typeof(AddHostnameRequest))]
[JsonSerializable(typeof(HostnameDocument))]
[JsonSerializable(typeof(Page<HostnameDocument>))]
[JsonSerializable(typeof(Page<InventoryDocument>))]
[JsonSerializable(typeof(RouteDocument))]
[JsonSerializable(typeof(Page<RouteDocument>))]
[JsonSerializable(typeof(Page<CallerDocument>))]
[JsonSerializable(typeof(RouteDaysDocument))]
[JsonSerializable(typeof(TunnelTrafficDocument))]
[JsonSerializable(typeof(SetRouteOwnerRequest))]
[JsonSerializable(typeof(AttestRouteRequest))]
internal sealed partial class TunnelJson : JsonSerializerContext;

using System.Text.Json.Serialization;
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
    RespectNullableAnnotations = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(CreateTunnelRequest))]
[JsonSerializable(typeof(UpdateTunnelRequest))]
[JsonSerializable(typeof(TunnelDocument))]
[JsonSerializable(typeof(TunnelListDocument))]
[JsonSerializable(typeof(TunnelTokenDocument))]
[JsonSerializable(typeof(RegisterCertificateRequest))]
[JsonSerializable(typeof(ConfirmCertificateRequest))]
[JsonSerializable(typeof(RegisteredCertificateDocument))]
[JsonSerializable(typeof(RegisteredCertificateListDocument))]
[JsonSerializable(typeof(TrustBundleDocument))]
[JsonSerializable(typeof(CreateEdgeRequest))]
[JsonSerializable(typeof(EdgeDocument))]
[JsonSerializable(typeof(EdgeListDocument))]
[JsonSerializable(typeof(AgentDocument))]
[JsonSerializable(typeof(AgentListDocument))]
[JsonSerializable(typeof(TunnelStatusDocument))]
[JsonSerializable(typeof(ApplyRangeSetRequest))]
[JsonSerializable(typeof(ClientRangeSetDocument))]
[JsonSerializable(typeof(ClientRangeSetListDocument))]
[JsonSerializable(typeof(AddClientAuthorityRequest))]
[JsonSerializable(typeof(ClientAuthorityDocument))]
[JsonSerializable(typeof(ClientAuthorityListDocument))]
[JsonSerializable(typeof(AddHostnameRequest))]
[JsonSerializable(typeof(HostnameDocument))]
[JsonSerializable(typeof(HostnameListDocument))]
[JsonSerializable(typeof(InventoryListDocument))]
[JsonSerializable(typeof(RouteDocument))]
[JsonSerializable(typeof(RouteListDocument))]
[JsonSerializable(typeof(CallerListDocument))]
[JsonSerializable(typeof(SetRouteOwnerRequest))]
[JsonSerializable(typeof(AttestRouteRequest))]
internal sealed partial class TunnelJson : JsonSerializerContext;

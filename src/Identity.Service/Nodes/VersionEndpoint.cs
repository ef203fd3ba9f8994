using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Nodes;

/// <summary><c>GET /v1/versions</c>: what every node, edge and agent of the installation runs.</summary>
internal sealed class VersionEndpoint(VersionStore store, StoreNode node, TimeProvider time)
{
    /// <summary>Beyond that the oldest tunnels' agents are shown.</summary>
    private const int MaxAgents = 10_000;

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var others = (await store.ListNodesAsync(cancellationToken)).Where(other => other.Id != node.Name);
        var self = new RunningVersion("service", node.Name, node.Name, TunnelId: null, ProgramVersion.Current, now);
        RunningVersion[] all =
        [
            self,
            .. others,
            .. await store.ListEdgesAsync(cancellationToken),
            .. await store.ListAgentsAsync(now, MaxAgents, cancellationToken),
        ];
        return ApiAnswer.Json(
            new VersionListDocument
            {
                ServiceVersion = ProgramVersion.Current,
                Data = [.. all.Select(program => VersionDocument.Of(program, ProgramVersion.Current))],
            },
            NodesJson.Default.VersionListDocument
        );
    }
}

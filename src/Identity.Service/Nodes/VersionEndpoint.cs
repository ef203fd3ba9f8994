using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Nodes;

/// <summary><c>GET /v1/versions</c>: the versions of all nodes, edges and agents.</summary>
internal sealed class VersionEndpoint(VersionStore store, TimeProvider time)
{
    /// <summary>Above this number, only the oldest tunnels' agents are shown.</summary>
    private const int MaxAgents = 10_000;

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var all = await store.ListAsync(time.GetUtcNow(), MaxAgents, cancellationToken);
        return ApiAnswer.Json(
            new VersionListDocument(
                ServiceVersion: ProgramVersion.Current,
                Data: [.. all.Select(program => VersionDocument.From(program, ProgramVersion.Current))]
            ),
            NodesJson.Default.VersionListDocument
        );
    }
}

using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Health;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>The results of this node's health listener: database, disk, signing, HSM, a trial exchange.</summary>
internal sealed class ReadinessStatus(IServiceProvider services, StoreNode node) : IStatusCheck
{
    public string Name => "readiness";

    public bool IsShownTo(Caller caller) => StatusRights.MayOperate(caller);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var found = new List<StatusFinding>();
        var names = new List<string>();
        foreach (var check in services.GetServices<ReadinessCheck>())
        {
            names.Add(check.Name);
            if (await check.Evaluate(cancellationToken) is { } reason)
            {
                found.Add(
                    StatusFinding.Problem(
                        check.Name,
                        $"Node {node.Name} fails its check {check.Name}. {reason}",
                        "Run identity-service doctor on its host"
                    ) with
                    {
                        State = check.IsAdvisory ? StatusState.Warning : StatusState.Problem,
                    }
                );
            }
        }

        return found.Count > 0 ? found : [StatusFinding.Ok($"Node {node.Name} is ready: {string.Join(", ", names)}.")];
    }
}

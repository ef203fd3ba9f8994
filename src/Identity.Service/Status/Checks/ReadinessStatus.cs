using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Doctor;
using Culvert.Platform.Health;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>The results of this node's health listener: database, disk, signing, HSM, a trial exchange.</summary>
internal sealed class ReadinessStatus(IServiceProvider services, StoreNode node) : StatusCheck("readiness")
{
    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var all = services.GetServices<ReadinessCheck>().ToList();
        var names = string.Join(", ", all.Select(check => check.Name));
        var found = new List<DoctorFinding> { Ok($"Node {node.Name} is ready: {names}.") };
        foreach (var check in all)
        {
            if (await check.Evaluate(cancellationToken) is { } reason)
            {
                found.Add(
                    Problem(
                        check.Name,
                        $"Node {node.Name} fails its check {check.Name}. {reason}",
                        "Run identity-service doctor on its host"
                    ) with
                    {
                        Status = check.IsAdvisory ? DoctorStatus.Warn : DoctorStatus.Fail,
                    }
                );
            }
        }

        return found;
    }
}

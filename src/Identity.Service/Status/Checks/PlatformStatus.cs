using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Status.Checks;

internal sealed class PlatformStatus(CertificateHealthStore store, Current<NoticeOptions> notices, TimeProvider time)
    : IStatusCheck
{
    private const string Root = "platform_root";

    public string Name => "platform_ca";

    public bool IsShownTo(Caller caller) => StatusRights.MayOperate(caller);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var ends = await store.ListPlatformAsync(cancellationToken);
        List<StatusFinding> found = [.. ends.Select(Judge).OfType<StatusFinding>()];
        return found.Count > 0
            ? found
            :
            [
                .. ends.Where(end => end.Type == Root)
                    .Take(1)
                    .Select(end => StatusFinding.Ok($"The platform root expires at {end.NotAfter:u}.")),
            ];
    }

    // The service renews the issuing authority automatically: it is reported only if that did not happen in time.
    private StatusFinding? Judge(AuthorityEnd end) =>
        end.Type == Root
            ? Expiry.Judge(
                end.Id,
                $"The platform root {end.Id}",
                end.NotAfter,
                time.GetUtcNow(),
                notices.Value,
                "culvert platform-root show"
            )
        : Expiry.Judge(
            end.Id,
            $"The platform's issuing authority {end.Id}",
            end.NotAfter,
            time.GetUtcNow(),
            notices.Value,
            "The service renews it: culvert job list shows a failed round"
        )
            is { State: StatusState.Problem } problem
            ? problem
        : null;
}

using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

internal sealed class PlatformStatus(CertificateHealthStore store, Current<NoticeOptions> notices, TimeProvider time)
    : StatusCheck("platform_ca")
{
    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var ends = await store.ListPlatformAsync(cancellationToken);
        return
        [
            .. ends.Select(end => Expiry.Judge(Id, end, time.GetUtcNow(), notices.Value)).OfType<DoctorFinding>(),
            .. ends.Where(end => end.Type == Expiry.PlatformRoot)
                .Select(end => Ok($"The platform root expires at {end.NotAfter:u}.")),
        ];
    }
}

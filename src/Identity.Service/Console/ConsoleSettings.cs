using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Console;

/// <summary>The configuration values that the console shows.</summary>
internal sealed class ConsoleSettings(
    ServiceIdentity identity,
    Current<CertificateOptions> certificates,
    Current<FederationOptions> federation,
    Current<NoticeOptions> notices,
    Current<SignInOptions> signIn
)
{
    public ServiceIdentity Identity => identity;

    public CertificateOptions Certificates => certificates.Value;

    public FederationOptions Federation => federation.Value;

    public NoticeOptions Notices => notices.Value;

    public SignInOptions SignIn => signIn.Value;
}

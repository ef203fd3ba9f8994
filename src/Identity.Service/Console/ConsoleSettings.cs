using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Console;

/// <summary>What the console shows of the configuration.</summary>
internal sealed record ConsoleSettings(
    ServiceIdentity Identity,
    CertificateOptions Certificates,
    FederationOptions Federation,
    NoticeOptions Notices,
    SignInOptions SignIn
);

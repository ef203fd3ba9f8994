using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.CrashWriter;

/// <summary>Issues certificates for several callers at once.</summary>
internal static class CertificateWriter
{
    private const int Callers = 16;

    /// <summary>Issues until the process is killed; the answers are the serial numbers.</summary>
    public static async Task RunAsync(ServiceOptions options, AnswerFile answers)
    {
        using var store = Store.Open(options.StoreSettings, NullLogger.Instance);
        await using var app = ServiceHost.Build(options, store, TimeProvider.System, null);
        await app.Services.GetRequiredService<OrphanSweep>().RunAsync(CancellationToken.None);
        var platform = app.Services.GetRequiredService<PlatformCa>();
        await platform.LoadAsync(CancellationToken.None);
        var issuer = app.Services.GetRequiredService<CertificateIssuer>();
        var profile = app.Services.GetRequiredService<Derived<CertificateOptions, CertificateProfiles>>().Value.Agent;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => IssueAsync(caller))));

        async Task IssueAsync(int caller)
        {
            var identity = $"spiffe://identity.test/o/x/t/y/agent/{caller}";
            while (true)
            {
                using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
                var outcome = await issuer.IssueAsync(
                    new IssuanceJob
                    {
                        Kind = CertificateKind.Agent,
                        Authority = platform.Issuing,
                        Profile = profile,
                        PublicKey = key.PublicKey,
                        Names = new GrantedNames { Uris = [identity] },
                        Identity = identity,
                        Request = LeafRequest.System,
                    },
                    CancellationToken.None
                );
                answers.Add(outcome.Document!.Serial);
            }
        }
    }
}

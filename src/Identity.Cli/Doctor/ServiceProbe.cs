using System.Globalization;
using System.Net;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Platform.Doctor;
using Culvert.Platform.Net;

namespace Culvert.Identity.Cli.Doctor;

/// <summary>Checks the link from the operator to the service: reachable, trusted, clocks agree, credential valid.</summary>
internal static class ServiceProbe
{
    public const string Reachable = "service_reachable";
    public const string Clock = "clock";
    public const string Credential = "credential";

    // The default tolerance for tokens (docs/issuers.md): beyond it, valid exchanges fail.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(CommandContext context, CancellationToken cancel)
    {
        List<DoctorFinding> findings = [];
        var settings = context.Settings;
        try
        {
            using var handler = OutboundHttp.CreateHandler(await ServerTrust.CreateAsync(settings, cancel));
            using var http = new HttpClient(handler) { Timeout = settings.Timeout };
            var url = new Uri(settings.Url, "healthz");
            using var answer = await http.GetAsync(url, cancel);
            findings.Add(
                answer.StatusCode == HttpStatusCode.OK
                    ? DoctorFinding.Pass(Reachable, $"{settings.Url.Authority} responds and is the service.")
                    : DoctorFinding.Fail(
                        Reachable,
                        $"{url} answers {(int)answer.StatusCode}.",
                        "Another program listens there, or the service is stopping.",
                        "check --url"
                    )
            );
            findings.Add(ClockFinding(answer.Headers.Date, context.Host.Time.GetUtcNow()));
        }
        catch (Exception e) when (ManagementClient.IsUnreachable(e, cancel))
        {
            var failure = ManagementClient.Unreachable(HttpMethod.Get, settings.Url, e, settings);
            findings.Add(DoctorFinding.Fail(Reachable, failure.Message, failure.Where ?? "", failure.Next ?? ""));
        }
        catch (CommandFailure failure)
        {
            findings.Add(DoctorFinding.Fail(Reachable, failure.Message, failure.Where ?? "", failure.Next ?? ""));
        }

        return findings;
    }

    /// <summary>Checks the credential; the client is null when it has no permission.</summary>
    public static async Task<(DoctorFinding Finding, ManagementClient? Client)> SignedInAsync(
        CommandContext context,
        CancellationToken cancel
    )
    {
        try
        {
            var client = await context.ClientAsync(cancel);
            var organization = (await client.GetAsync(ManagementClient.OrganizationPath, cancel)).Json;
            return (
                DoctorFinding.Pass(
                    Credential,
                    $"The {client.CredentialKind} acts for organization {organization.Text("name")}."
                ),
                client
            );
        }
        catch (CommandFailure failure)
        {
            return (DoctorFinding.Fail(Credential, failure.Message, failure.Where ?? "", failure.Next ?? ""), null);
        }
    }

    private static DoctorFinding ClockFinding(DateTimeOffset? theirs, DateTimeOffset ours)
    {
        if (theirs is not { } date)
        {
            return DoctorFinding.Skip(Clock, "The response has no Date header.");
        }

        var offset = date - ours;
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:0} s");
        return offset.Duration() <= Leeway
            ? DoctorFinding.Pass(Clock, $"The service's clock and this one agree ({seconds}).")
            : DoctorFinding.Warn(
                Clock,
                $"The service's clock is {seconds} from this one.",
                "Tokens are refused if the clocks of both hosts differ by more than 30 s.",
                "check time synchronisation on both hosts"
            );
    }
}

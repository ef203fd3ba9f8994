using Shouldly;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>
/// Commands of a page are executed on a running system (<c>```sh run</c>). Those that need a host, a cluster, a public name
/// or an end are done elsewhere, and it is said where.
/// </summary>
public sealed class ExecutedBlockTests
{
    /// <summary>Page and section; the test class, or the page with the same steps, that does it instead.</summary>
    private static readonly IReadOnlyDictionary<string, string> Elsewhere = new Dictionary<string, string>
    {
        ["alerts.md#Alerts and dashboards"] = "AlertTests",
        ["approvals.md#Deciding"] = "ApprovalCommandsTests",
        ["approvals.md#Deciding from another system"] = "CallDecisionTests",
        ["approvals.md#Mail to approvers"] = "MailTests",
        ["upstream-credentials.md#Set-up"] = "FederatedClientTests",
        ["authorization-servers.md#Check the result"] = "RouteAuthorizationTests",
        ["backup.md#Every night"] = "UnitTests",
        ["call-audit.md#Reading and checking"] = "CallCheckpointTests",
        ["certificate-authorities.md#From request to bundle"] = "ca-registration.md",
        ["certificate-authorities.md#Certificates registered by the compatible endpoints"] =
            "RegisteredCertificateTests",
        ["certificate-files.md#By the agent"] = "NginxTests",
        ["off-boarding.md#Withdraw a person's access"] = "EveryCommandTests",
        ["scim.md#Set up"] = "ScimUserTests",
        ["security-events.md#Register a receiver"] = "EveryCommandTests",
        ["off-boarding.md#Signals of the identity provider"] = "EveryCommandTests",
        ["off-boarding.md#Poll the transmitter"] = "EveryCommandTests",
        ["troubleshooting.md#A bundle for those who help"] = "SupportBundleCommandTests",
        ["cli.md#Who acts"] = "BrowserLoginTests",
        ["connect-self-hosted.md#2b. Through CONNECT, by certificate"] = "ConnectTests",
        ["deployment.md#Compose"] = "ComposeTests",
        ["deployment.md#Debian packages"] = "PackageTests",
        ["deployment.md#Images"] = "ImageTests",
        ["deployment.md#Kubernetes: Helm"] = "ChartTests",
        ["deployment.md#Kubernetes: Kustomize"] = "TrapTests",
        ["deployment.md#systemd units"] = "UnitTests",
        ["dev.md#`culvert dev`"] = "DevCommandTests",
        ["edge.md#Leaving"] = "DrainTests",
        ["edge.md#Two ways in"] = "ConnectTests",
        ["edge.md#Which tunnels an edge serves"] = "EdgeAssignmentTests",
        ["high-availability.md#See it"] = "HaUpTests",
        ["high-availability.md#Upgrades"] = "MigrateTests",
        ["connections.md#Set one up"] = "EveryCommandTests",
        ["hostnames.md#Add a name"] = "CustomHostnameTests",
        ["install.md#1. Start the service"] = "PackageTests",
        ["install.md#2. Take the platform's root"] = "FirstTrustTests",
        ["install.md#3. Sign in"] = "admin-keys.md",
        ["install.md#4. Register the tunnel, the edge and their identities"] = "EdgeEnrollmentTests",
        ["install.md#5. Start the edge"] = "UnitTests",
        ["install.md#6. Start the agent"] = "UnitTests",
        ["install.md#7. Publish the DNS records"] = "hostnames.md",
        ["install.md#8. Give the tunnel a certificate, and call"] = "connect-self-hosted.md",
        ["install.md#Undo"] = "PackageTests",
        ["install.md#With Compose"] = "ComposeTests",
        ["install-kubernetes.md#1. Push the images"] = "ChartTests",
        ["install-kubernetes.md#2. Make the Secrets"] = "ChartTests",
        ["install-kubernetes.md#3. Install the service"] = "ChartTests",
        ["install-kubernetes.md#4. Take the platform's root"] = "ChartTests",
        ["install-kubernetes.md#5. Register the tunnel, the edge and who may be them"] = "ChartTests",
        ["install-kubernetes.md#6. Install edge and agent"] = "ChartTests",
        ["install-kubernetes.md#7. Give the tunnel a certificate, and call"] = "ChartTests",
        ["install-kubernetes.md#Backup and restore"] = "ChartTests",
        ["install-kubernetes.md#Undo"] = "ChartTests",
        ["issuers.md#Issuers"] = "IssuerTests",
        ["pins.md#Switching it on"] = "PinsCommandTests",
        ["pins.md#At 3 a.m."] = "PinsCommandTests",
        ["platforms/kubernetes.md#Look"] = "ImageTests",
        ["policy.md#From the record to a policy"] = "PolicyCommandTests",
        ["pins.md#Pins: the definitions that you approved"] = "UpTests",
        ["joined-servers.md#Servers that are joined before anything crosses"] = "UpTests",
        ["joined-servers.md#Test a tool without its servers"] = "PageFileTests",
        ["long-poll.md#1. Create the tunnel at the provider"] = "LongPollReaderTests",
        ["long-poll.md#3. Check it"] = "LongPollRuntimeTests",
        ["long-poll.md#A key that only a person replaces"] = "FederatedPollCheckTests",
        ["long-poll.md#Move from the provider's client"] = "ImportCommandTests",
        ["connector-proxy.md#A certificate from the Culvert service"] = "ProviderDomainTests",
        ["provider-setup.md#Run it"] = "ProviderSetupTests",
        ["connector-proxy.md#3. Check it"] = "ConnectorRuntimeTests",
        ["connector-proxy.md#Move from the proxy"] = "ImportCommandTests",
        ["answers.md#Find the fields: record shapes first"] = "PolicyCommandTests",
        ["answers.md#Try rules before they are in force"] = "PolicyCommandTests",
        ["policy.md#Arguments"] = "PolicyCheckCommandTests",
        ["policy.md#Policies that the service keeps"] = "PolicyCommandsTests",
        ["providers/anthropic.md#3. Check it, then add the server in the product"] = "ConnectorRuntimeTests",
        ["providers/openai.md#3. Check it, then choose the tunnel in the product"] = "LongPollRuntimeTests",
        ["publishing.md#A release"] = "ReleaseTests",
        ["publishing.md#One file without .NET"] = "PublishedProgramsTests",
        ["revocation.md#OCSP"] = "OcspTests",
        ["rotation.md#Rotating a tunnel's certificate authority"] = "AuthorityRotationTests",
        ["rotation.md#When a party is missing"] = "AuthorityCommandsTests",
        ["runbooks.md#The last admin key is lost"] = "admin-keys.md",
        ["tasks.md#Practise a restore"] = "backup.md",
        ["tasks.md#Renew the registered CA"] = "ca-registration.md",
        ["tasks.md#Rotate the sealing key"] = "SealRotationTests",
        ["telemetry.md#Traces"] = "TelemetrySectionTests",
        ["transparency.md#Keep what the proof rests on"] = "TransparencyLogTests",
        ["transparency.md#Verify an agent's record"] = "CallVerifierTests",
        ["transparency.md#Witnesses"] = "WitnessPolicyTests",
        ["upgrade.md#Debian"] = "UpgradeTests",
        ["upgrade.md#Kubernetes"] = "ChartTests",
    };

    private static readonly IReadOnlySet<string> NotExecuted = Directory
        .EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
        .SelectMany(file =>
            ShellBlocks.Of(Path.GetRelativePath(Repository.PathOf("docs"), file), File.ReadAllText(file))
        )
        .Where(line => !line.Info.EndsWith(" run", StringComparison.Ordinal) && IsCommand(line))
        .Select(line => $"{line.Page}#{line.Heading}")
        .ToHashSet(StringComparer.Ordinal);

    [Fact]
    public void BlockOfCommands_ThatIsNotExecuted_SaysWhereItIs() => NotExecuted.Except(Elsewhere.Keys).ShouldBeEmpty();

    [Fact]
    public void Elsewhere_IsNeededAndExists()
    {
        var pages = Directory
            .EnumerateFiles(Repository.PathOf("docs"), "*.md")
            .Where(page => File.ReadAllText(page).Contains("```sh run\n", StringComparison.Ordinal))
            .Select(page => Path.GetFileName(page));
        var tests = Directory
            .EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file));

        Elsewhere.Keys.Except(NotExecuted).ShouldBeEmpty();
        Elsewhere.Values.Except(pages.Concat(tests)).ShouldBeEmpty();
    }

    // A block without a name may contain anything: there only calls of our programs count. Settings are not commands.
    private static bool IsCommand(ShellLine line) =>
        line.Info.Length == 0
            ? ShellWords.Commands(line.Text).Any(words => ProgramCall.Find(words) is not null)
            : !line.Text.StartsWith("export ", StringComparison.Ordinal);
}

using System.Net;
using System.Net.Sockets;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;
using Xunit;

namespace Culvert.EndToEnd.Tests.Sdk;

/// <summary>
/// What the SDK talks to: the identity provider and the identity service as real processes, registered with each other
/// through <c>culvert</c>. An installation of its own, because the checks make and archive many tunnels.
/// </summary>
public sealed class SdkSystem : IAsyncLifetime
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeyRefresh = TimeSpan.FromSeconds(1);

    private readonly TestFolder folder = new();
    private readonly RunDirectory run;
    private readonly PortPlan ports = PortProbe.FreeBlock();
    private readonly IdentityProvider provider;
    private readonly IdentityService service;

    public SdkSystem()
    {
        run = new RunDirectory(folder.SystemPath, TimeProvider.System, TestRun.ProgramFolder);
        provider = new IdentityProvider(Checkout.Find(), run, ports.IdentityProvider, TimeProvider.System);
        service = new IdentityService(run, ports, TimeProvider.System);
    }

    /// <summary>What a user of the SDK would export, and what the checks need in addition.</summary>
    internal IReadOnlyDictionary<string, string> Environment { get; private set; } = null!;

    /// <summary>Where people sign in.</summary>
    internal string ProviderUrl => provider.Issuer;

    /// <summary>Set when a check failed: the logs stay under <c>.run/test</c>.</summary>
    internal bool Failed { get; set; }

    public async ValueTask InitializeAsync()
    {
        var cancel = CancellationToken.None;
        run.Create();
        await provider.ConfigureAsync(service.PublicUrl, cancel);
        await service.ConfigureAsync(
            new InstallationOptions
            {
                ExchangesPerSecond = 1000,
                KeyRefresh = KeyRefresh,
                SignIn = provider.SignIn,
            },
            cancel
        );
        await service.InitializeAsync("Example Corp", cancel);
        try
        {
            provider.Start();
            service.Start();
            run.Ledger.Write([provider.Process.Stamp, service.Process.Stamp]);
            await Task.WhenAll(provider.WaitAsync(cancel), service.WaitAsync(cancel));
            await service.FetchPlatformRootAsync(cancel);
            Environment = await RegisterAsync(cancel);
        }
        catch (HopFailureException failure)
        {
            Failed = true;
            var log = failure.LogFile is { } file ? LogTail.Read(file, 20) : [];
            await DisposeAsync();
            throw new InvalidOperationException($"{failure.Hop}: {failure.Message}\n{string.Join('\n', log)}", failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await run.StopRecordedAsync(StopGrace, CancellationToken.None);
        folder.Keep = Failed;
        folder.Dispose();
    }

    internal async Task ReplaceProviderKeysAsync(CancellationToken cancellationToken)
    {
        await provider.ReplaceKeysAsync(cancellationToken);
        // A kid that is not known causes no second fetch so soon after the first.
        await Task.Delay(KeyRefresh, TimeProvider.System, cancellationToken);
        run.Ledger.Write([provider.Process.Stamp, service.Process.Stamp]);
    }

    private async Task<IReadOnlyDictionary<string, string>> RegisterAsync(CancellationToken cancellationToken)
    {
        var culvert = new Operator(run, service);
        var organization = await culvert.CreateAsync("organization show", cancellationToken);
        var workspaces = await culvert.RunAsync("workspace list", cancellationToken);
        var workspace = workspaces
            .GetProperty("data")
            .EnumerateArray()
            .Single(w => w.GetProperty("is_default").GetBoolean())
            .GetProperty("id")
            .GetString()!;
        var issuer = await culvert.CreateAsync(
            "issuer create corp-idp",
            cancellationToken,
            ["--url", provider.Issuer, "--ca-file", provider.CaFile, .. Loopback.Addresses.SelectMany(Allowance)]
        );
        var account = await culvert.CreateAsync(
            "service-account create operators",
            cancellationToken,
            ["--workspace-role", "developer"]
        );
        string[] match = ["--issuer", issuer, "--subject", IdentityProvider.OperatorClient];
        string[] grant = ["--service-account", account, "--scope", "workspace:manage_tunnels"];
        var rule = await culvert.CreateAsync("rule create operators", cancellationToken, [.. match, .. grant]);
        return new Dictionary<string, string>
        {
            ["CULVERT_IDENTITY_URL"] = service.PublicUrl,
            ["CULVERT_MACHINE_URL"] = service.MachineUrl,
            ["CULVERT_ADMIN_KEY_FILE"] = service.AdminKeyFile,
            ["CULVERT_ORGANIZATION_ID"] = organization,
            ["CULVERT_WORKSPACE_ID"] = workspace,
            ["CULVERT_IDP_TOKEN_COMMAND"] = provider.TokenCommand(IdentityProvider.OperatorClient),
            ["CULVERT_ADMIN_RULE_ID"] = rule,
            ["CULVERT_ADMIN_SERVICE_ACCOUNT_ID"] = account,
            ["NODE_EXTRA_CA_CERTS"] = service.PlatformCaFile,
        };
    }

    private IEnumerable<string> Allowance(string address)
    {
        var bits = IPAddress.Parse(address).AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        return ["--allow", $"{address}/{bits}:{ports.IdentityProvider}"];
    }
}

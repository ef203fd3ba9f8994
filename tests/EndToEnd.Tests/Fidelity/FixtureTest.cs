using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Shouldly;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>A test of the fixture server's route: how to call it, and how to ask the server what it saw.</summary>
public abstract class FixtureTest(StandardSystem system) : SystemTest(system), IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly HttpClient control = new();

    public void Dispose()
    {
        control.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Through the tunnel, as the client whose tokens the route accepts.</summary>
    private protected async Task<RouteClient> ConnectAsync(Version? version = null) =>
        new(
            Installation.FixtureEndpoint,
            Installation.Record.Tunnel.TrustBundle,
            await Installation.TokenAsync(Installation.FixtureEndpoint, Cancel),
            version
        );

    /// <summary>Through the tunnel, as another user whose tokens the route accepts too.</summary>
    private protected async Task<RouteClient> ConnectAsSomebodyElseAsync()
    {
        var (checkout, idp) = (Checkout.Find(), Installation.IdentityProvider);
        string[] arguments =
        [
            Path.Combine(checkout.Peers, "idp-token.mjs"),
            idp.Issuer,
            idp.CaFile,
            IdentityProvider.OperatorClient,
            idp.SecretFile(IdentityProvider.OperatorClient),
            Installation.FixtureEndpoint.AbsoluteUri,
        ];
        var token = await Tool.RunAsync("node", arguments, checkout.Peers, Cancel);
        token.Succeeded.ShouldBeTrue(token.Error);
        return new RouteClient(Installation.FixtureEndpoint, Installation.Record.Tunnel.TrustBundle, token.Output);
    }

    /// <summary>As a client that is allowed inside.</summary>
    private protected RouteClient ConnectDirectly() => new(Installation.Fixture!.Endpoint, null, null);

    private protected static string Message(string method, JsonObject? parameters = null, int? id = 1)
    {
        var message = new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method };
        if (id is not null)
        {
            message["id"] = id;
        }

        if (parameters is not null)
        {
            message["params"] = parameters;
        }

        return message.ToJsonString();
    }

    /// <summary>Lets the oldest waiting tool of the server continue by one step.</summary>
    private protected async Task StepAsync()
    {
        await UntilAsync(c => c.Waiting > 0);
        await ControlAsync(HttpMethod.Post, "step");
    }

    private protected Task ChangeToolsAsync() => ControlAsync(HttpMethod.Post, "tools-changed");

    /// <summary>Waits until what the server counts is as wanted.</summary>
    private protected async Task<FixtureCounts> UntilAsync(Func<FixtureCounts, bool> wanted)
    {
        var deadline = TimeProvider.System.GetUtcNow() + Limit;
        while (true)
        {
            var counts = await ControlAsync(HttpMethod.Get, "counts");
            if (wanted(counts))
            {
                return counts;
            }

            TimeProvider.System.GetUtcNow().ShouldBeLessThan(deadline, counts.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }
    }

    private async Task<FixtureCounts> ControlAsync(HttpMethod method, string what)
    {
        using var request = new HttpRequestMessage(method, new Uri(Installation.Fixture!.Control, what));
        using var answer = await control.SendAsync(request, Cancel);
        using var counts = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        return new FixtureCounts(Of("open"), Of("completed"), Of("aborted"), Of("waiting"), Of("sessions"));

        int Of(string name) => counts.RootElement.GetProperty(name).GetInt32();
    }
}

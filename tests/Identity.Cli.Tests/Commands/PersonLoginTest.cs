using System.Text.Json;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Harness;
using Culvert.Testing;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary>A person's sign-in against a scripted identity provider, up to the exchange.</summary>
public abstract class PersonLoginTest : CommandTest
{
    protected const string Exchange = "POST /v1/oauth/token";
    protected const string Tokens = "POST /token";

    protected FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    protected string Issuer => Service.Url.AbsoluteUri.TrimEnd('/');

    /// <param name="other">Members of the metadata, the last of a name counts.</param>
    protected void PrepareProvider(params ReadOnlySpan<(string Member, object Value)> other)
    {
        Stage.Time = Time;
        Stage.KeepState();
        Stage.Variables.Remove(SettingVariables.AdminKeyFile);
        var metadata = new Dictionary<string, object> { ["issuer"] = Issuer, ["token_endpoint"] = Issuer + "/token" };
        foreach (var (member, value) in other)
        {
            metadata[member] = value;
        }

        Service.OnForeign("GET /.well-known/openid-configuration", JsonSerializer.Serialize(metadata));
        Service.On(
            Exchange,
            """{"access_token":"clv_access_token","token_type":"DPoP","expires_in":3600,"scope":"workspace:manage_tunnels"}"""
        );
    }

    private protected Task<CliRun> Start(string way, params string[] more) => Stage.RunAsync([.. Line(way), .. more]);

    protected string[] Line(string way) =>
        [
            "login",
            way,
            "--issuer",
            Issuer,
            "--issuer-ca-file",
            Stage.CaFile,
            "--client-id",
            "culvert-cli",
            "--rule",
            "fdrl_01",
            "--organization",
            "11111111-1111-1111-1111-111111111111",
        ];

    private protected IReadOnlyList<RecordedRequest> Sent(string request) =>
        [.. Service.Requests.Where(sent => sent.ToString() == request)];
}

using Culvert.Benchmarks.Exchange;

namespace Culvert.Benchmarks.Authorize;

/// <summary>A client and a rule for people at the route of a tunnel, made by the operator's commands.</summary>
internal sealed record SignInRule(string RuleId, string ClientId, string Resource)
{
    public const string Scope = "files.read";

    public static async Task<SignInRule> CreateAsync(ExchangeInstallation service, CancellationToken cancellationToken)
    {
        var culvert = service.Operator;
        var tunnel = await culvert.RunAsync("tunnel create bench", cancellationToken);
        var client = await culvert.CreateAsync(
            "oauth-client create bench",
            cancellationToken,
            "--redirect-uri",
            CodeMill.RedirectUri
        );
        var account = await culvert.CreateAsync("service-account create people", cancellationToken);
        var rule = await culvert.CreateAsync(
            "rule create people",
            cancellationToken,
            "--issuer",
            service.IssuerId,
            "--service-account",
            account,
            "--subject-type",
            "person",
            "--subject",
            CodeMill.Subject,
            "--tunnel",
            tunnel.GetProperty("id").GetString()!,
            "--route-scope",
            Scope
        );
        return new SignInRule(rule, client, $"https://docs.{tunnel.GetProperty("domain").GetString()}/mcp");
    }
}

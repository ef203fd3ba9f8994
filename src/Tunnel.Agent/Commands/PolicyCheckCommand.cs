using System.CommandLine;
using System.Net;
using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent policy check</c>: prints a route's decision on a message, and the rule behind it.</summary>
internal static class PolicyCheckCommand
{
    private static readonly Argument<string> Name = new("ROUTE") { Description = "The route's label." };

    private static readonly Argument<FileInfo?> Message = new("FILE")
    {
        Description = "File with one JSON-RPC message; without it, the message is read from standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string> Issuer = new("--issuer") { Description = "The token's issuer (iss)." };
    private static readonly Option<string> Subject = new("--subject") { Description = "The token's subject (sub)." };
    private static readonly Option<string> Client = new("--client-id") { Description = "The token's client." };

    private static readonly Option<string[]> Scopes = new("--scope")
    {
        Description = "A scope of the token; may be repeated.",
    };

    private static readonly Option<string[]> Groups = new("--group")
    {
        Description = "A group of the token; may be repeated.",
    };

    private static readonly Option<string> Claims = new("--claims")
    {
        Description = "Further claims of the token, a JSON object such as {\"customer_id\":\"c-7\"}.",
        Validators =
        {
            result =>
            {
                if (result.Tokens is [var token] && ReadClaims(token.Value) is null)
                {
                    result.AddError("--claims: write a JSON object, such as {\"customer_id\":\"c-7\"}.");
                }
            },
        },
    };

    private static readonly Option<string> Source = new("--source") { Description = "The client's address." };

    private static readonly Option<string> Via = new("--via")
    {
        Description = "The composed route whose tool makes the call.",
    };

    private static readonly Option<string> Workload = new("--workload")
    {
        Description = "The name in the client's certificate.",
    };

    public static Command Create()
    {
        var check = new Command("check", "Show what a route's rules decide of a message; nothing is called or charged.")
        {
            Name,
            Message,
            Issuer,
            Subject,
            Client,
            Scopes,
            Groups,
            Claims,
            Source,
            Workload,
            Via,
        };
        check.SetAction(CheckAsync);
        return check;
    }

    private static async Task<int> CheckAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        var name = parsed.GetRequiredValue(Name);
        if (loaded.Settings.Routes.FirstOrDefault(r => r.Name == name) is not { } route)
        {
            await error.WriteLineAsync($"The route {name} does not exist.");
            return ExitCodes.Usage;
        }

        if (parsed.GetValue(Source) is { } written && !IPAddress.TryParse(written, out _))
        {
            await error.WriteLineAsync("--source: write an IP address.");
            return ExitCodes.Usage;
        }

        try
        {
            var message = MessageReader.Read(await ReadAsync(parsed.GetValue(Message), cancellationToken));
            return await ReportAsync(output, route, Compile(loaded.Settings, route), message, CreateCaller(parsed));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }

    private static CompiledPolicy Compile(AgentSettings settings, RouteSettings route) =>
        new(route.Policy, name => settings.Issuers.First(i => i.Name == name).Issuer, route.Oauth.ScopeHierarchy);

    // There is a caller if any of its options is set; otherwise the call has none.
    private static Caller CreateCaller(ParseResult parsed)
    {
        var (subject, scopes, groups) = (parsed.GetValue(Subject), parsed.GetValue(Scopes), parsed.GetValue(Groups));
        var (issuer, client) = (parsed.GetValue(Issuer), parsed.GetValue(Client));
        var claims = parsed.GetValue(Claims);
        var hasToken =
            subject is not null
            || claims is not null
            || issuer is not null
            || client is not null
            || scopes is { Length: > 0 }
            || groups is { Length: > 0 };
        return new Caller(
            hasToken
                ? new Principal
                {
                    Issuer = issuer ?? "",
                    Subject = subject ?? "",
                    ClientId = client ?? "",
                    Scopes = [.. scopes ?? []],
                    Groups = [.. groups ?? []],
                    Claims = PrincipalClaims.Create(subject ?? "", client ?? "", ReadClaims(claims ?? "{}")!.Value),
                    EndsAt = DateTimeOffset.MaxValue,
                    KeyThumbprint = null,
                }
                : null,
            parsed.GetValue(Source) is { } source ? IPAddress.Parse(source) : null,
            parsed.GetValue(Workload) ?? "",
            parsed.GetValue(Via) ?? ""
        );
    }

    // Null if the text is not a JSON object.
    private static JsonElement? ReadClaims(string text)
    {
        try
        {
            return JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } claims ? claims : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<byte[]> ReadAsync(FileInfo? file, CancellationToken cancellationToken)
    {
        if (file is not null)
        {
            return await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        }

        using var buffer = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }

    private static async Task<int> ReportAsync(
        TextWriter output,
        RouteSettings route,
        CompiledPolicy rules,
        McpMessage message,
        Caller caller
    )
    {
        if (PolicyMessage.FindFailure(message, default, route.Policy.MaxDepth) is { } failure)
        {
            await output.WriteLineAsync($"refuse: {failure.Reason}: {failure.Message}");
            return ExitCodes.CheckFailed;
        }

        using var arguments = new CallArguments(message.Arguments);
        var decision =
            message.Method.Length == 0
                ? new Decision(true, null, Decision.Basic) // a response
                : rules.DecideMessage(
                    message.Method,
                    message.Target,
                    message.Name,
                    message.Resources,
                    caller,
                    arguments
                );
        await output.WriteLineAsync($"{(decision.IsAllowed ? "allow" : "deny")}: {decision.Reason}");
        await WriteAsync(output, "rule", decision.Rule?.Name);
        await WriteAsync(output, "argument", decision.Error?.At);
        await WriteAsync(output, "condition", decision.Error?.Condition);
        if (decision is { IsAllowed: true, Rule: { } rule })
        {
            await WriteAsync(output, "also needs the scopes", string.Join(' ', rule.RequiredScopes));
            await WriteAsync(output, "needs the approval of", rule.Approval?.DescribeApprovers());
            await WriteAsync(output, "charged to a budget", rule.Budget is { } budget ? $"{budget.Of}" : null);
            await WriteAnswerAsync(output, rules, message, caller, arguments);
        }

        if (route.Policy.Mode != PolicyMode.Enforce)
        {
            await output.WriteLineAsync("The route does not enforce its rules: policy.mode is not enforce.");
        }

        return decision.IsAllowed ? ExitCodes.Done : ExitCodes.CheckFailed;
    }

    private static async Task WriteAnswerAsync(
        TextWriter output,
        CompiledPolicy rules,
        McpMessage message,
        Caller caller,
        CallArguments arguments
    )
    {
        var judges = message is { Target: { } kind, Id.IsEmpty: false }
            ? rules.FindAnswerRules(
                kind,
                message.Name,
                caller,
                message.Method == McpMethods.Complete ? null : arguments
            )
            : [];
        foreach (var (key, text) in judges.Count > 0 ? AnswerDescription.Describe(judges) : [])
        {
            await WriteAsync(output, key, text);
        }
    }

    private static Task WriteAsync(TextWriter output, string what, string? text) =>
        string.IsNullOrEmpty(text) ? Task.CompletedTask : output.WriteLineAsync($"{what}: {text}");
}

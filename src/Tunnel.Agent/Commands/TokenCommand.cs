using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Jose.Tokens;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Tokens;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent token</c>: gets the identity token and prints its header and claims, never the token.</summary>
internal static class TokenCommand
{
    private const int MaxLine = 500;

    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    private static readonly string[] Times = ["exp", "iat", "nbf"];

    public static Command Create()
    {
        var command = new Command("token", "Show the claims of the identity token that would be sent.") { Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        if (loaded.Settings.Identity.Mode == IdentityMode.Manual)
        {
            await error.WriteLineAsync("identity.mode is manual: the tunnel token is sent, and it has no claims.");
            return ExitCodes.Failed;
        }

        var source = new IdentityTokenSource(loaded.Settings.Identity.Token, TimeProvider.System);
        try
        {
            if (TokenInspection.Read(await source.ReadAsync(cancellationToken)) is not { } token)
            {
                await error.WriteLineAsync($"The identity token's {source.Name} gave something that is not a JWT.");
                return ExitCodes.Failed;
            }

            var output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync(
                parsed.GetValue(Json)
                    ? WriteJson(source, token)
                    : WriteText(source, token, TimeProvider.System.GetUtcNow())
            );
            return ExitCodes.Done;
        }
        catch (IdentityTokenException e)
        {
            await error.WriteLineAsync(
                string.Join('\n', e.ErrorOutput.Select(line => $"it said: {line}").Prepend(e.Message))
            );
            return ExitCodes.Failed;
        }
    }

    internal static string WriteJson(IdentityTokenSource source, TokenInspection token)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("source", source.Name);
            json.WritePropertyName("header");
            token.Header.WriteTo(json);
            json.WritePropertyName("claims");
            token.Claims.WriteTo(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    internal static string WriteText(IdentityTokenSource source, TokenInspection token, DateTimeOffset now)
    {
        var text = new StringBuilder().Append("source: ").AppendLine(source.Name);
        foreach (var (title, part) in new[] { ("header", token.Header), ("claims", token.Claims) })
        {
            text.Append(title).AppendLine(":");
            foreach (var member in part.EnumerateObject())
            {
                // Escaped as JSON, so that a claim cannot write control sequences to the terminal.
                var value = JsonEncodedText.Encode(member.Name).Value + ": " + member.Value.GetRawText();
                text.Append("  ").Append(ConfigText.Printable(value, MaxLine)).AppendLine(When(member, now));
            }
        }

        return text.ToString().TrimEnd();
    }

    private static string When(JsonProperty member, DateTimeOffset now)
    {
        if (
            !Times.Contains(member.Name)
            || member.Value.ValueKind != JsonValueKind.Number
            || !NumericDate.TryRead(Encoding.UTF8.GetBytes(member.Value.GetRawText()), out var seconds, out _)
        )
        {
            return "";
        }

        try
        {
            var instant = DateTimeOffset.FromUnixTimeSeconds(seconds);
            var distance = (long)(instant - now).TotalSeconds;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"  ({instant:u}, {(distance < 0 ? $"{-distance} s ago" : $"in {distance} s")})"
            );
        }
        catch (ArgumentOutOfRangeException)
        {
            return "";
        }
    }
}

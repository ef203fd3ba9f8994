using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Output;

/// <summary>What a command found or made: one value, printed in the requested format.</summary>
internal sealed record CommandResult
{
    /// <summary>As the wire had it: <c>-o json</c> prints exactly this.</summary>
    public required string Raw { get; init; }

    public required JsonObject Json { get; init; }

    /// <summary>Set for lists: what <c>-o table</c> shows of each element.</summary>
    public IReadOnlyList<Column>? Columns { get; init; }

    /// <summary>Set where people want the thing itself (a PEM, a token): what <c>-o table</c> prints instead of fields.</summary>
    public string? Plain { get; init; }

    public int ExitCode { get; init; } = Hosting.ExitCode.Done;

    public static CommandResult Object(ApiAnswer answer) => new() { Raw = answer.Raw, Json = answer.Json };

    public static CommandResult Object(JsonObject json) => Object(ApiAnswer.FromJson(json));

    public static CommandResult List(ApiAnswer answer, params IReadOnlyList<Column> columns) =>
        Object(answer) with
        {
            Columns = columns,
        };
}

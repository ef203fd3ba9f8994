using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Output;

internal sealed record CommandResult
{
    /// <summary>The received text, which <c>-o json</c> prints unchanged.</summary>
    public required string Raw { get; init; }

    public required JsonObject Json { get; init; }

    /// <summary>Only for lists: what <c>-o table</c> shows of each element.</summary>
    public IReadOnlyList<Column>? Columns { get; init; }

    /// <summary>A PEM or a token, which <c>-o table</c> prints instead of fields.</summary>
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

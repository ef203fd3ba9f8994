using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>A call of a tool of another route.</summary>
internal sealed record ComposeStep
{
    /// <summary>The name of the step's table.</summary>
    public required string Name { get; init; }

    public required string Route { get; init; }

    public required string Tool { get; init; }

    /// <summary>The tool with its route, as the file names it.</summary>
    public string Call => $"{Route}/{Tool}";

    public required IReadOnlyList<StepArgument> Arguments { get; init; }

    /// <summary>The earlier step for each of whose rows the tool is called; null for one call.</summary>
    public string? ForEach { get; init; }

    /// <summary>What the step contributes; null for a step whose answer is not read, or crosses as it is.</summary>
    public StepRows? Rows { get; init; }

    /// <summary>Whether a failure makes the step empty, which the finding reports. Otherwise it fails the call.</summary>
    public bool MayFail { get; init; }

    /// <summary>Whether the operator vouches that the tool only reads, so that no pinned definition has to say so.</summary>
    public bool OnlyReads { get; init; }

    /// <summary>Whether an answer without a structured part may have its JSON as text.</summary>
    public bool ReadsText { get; init; }
}

/// <param name="At">The array of the records in the structured part of an answer.</param>
/// <param name="Max">The records of all calls of the step; those after them are left out, which the finding reports.</param>
/// <param name="Columns">The names of the columns, and where in a record their values are.</param>
internal sealed record StepRows(JsonPointer At, int Max, IReadOnlyList<(string Name, JsonPointer At)> Columns);

/// <summary>An argument of a step's call, and where its value is.</summary>
/// <param name="Text">The pointer, the name of the claim or the name of the column; empty for a value.</param>
internal sealed record StepArgument(string Name, ArgumentSource Source, string Text)
{
    /// <summary>Into the tool's own arguments, for <see cref="ArgumentSource.Argument"/>.</summary>
    public JsonPointer Pointer { get; init; } = JsonPointer.Whole;

    /// <summary>For <see cref="ArgumentSource.Value"/>.</summary>
    public JsonElement Value { get; init; }
}

internal enum ArgumentSource
{
    /// <summary>An argument of the call; where that is absent, so is this one.</summary>
    Argument,

    /// <summary>A claim of the caller's token. Without it the call fails.</summary>
    Claim,

    /// <summary>A column of the row for which the step is called.</summary>
    Column,

    /// <summary>A value of the file.</summary>
    Value,
}

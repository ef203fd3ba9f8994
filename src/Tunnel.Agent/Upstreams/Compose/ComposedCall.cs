using System.Buffers;
using System.Text.Json;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>One call of a composed tool.</summary>
/// <remarks>
/// The steps run in the order of their waves, then the statement, then the step that may write. The first failure cancels the calls
/// that still run, and nothing of the answers crosses but the finding.
/// </remarks>
internal sealed class ComposedCall
{
    /// <summary>The calls of members that one call may make, over all steps.</summary>
    public const int MaxCalls = 100;

    private const int CallsAtOnce = 8;

    // Room for most findings: a buffer that grows is written several times.
    private const int FirstBytes = 8 * 1024;

    private static readonly SemaphoreSlim Statements = new(Environment.ProcessorCount);

    // The size of the rows of all steps; StepReader bounds those of one.
    private const long MaxCharacters = 2 * StepReader.MaxCharacters;

    private readonly ComposedTool tool;
    private readonly JsonElement arguments;
    private readonly IReadOnlyDictionary<string, SqlValue> claims;
    private readonly IMemberCalls members;
    private readonly TimeProvider time;
    private readonly StepArguments writer;
    private readonly Dictionary<string, StepOutcome> outcomes = new(StringComparer.Ordinal);
    private int calls;

    private ComposedCall(
        ComposedTool tool,
        JsonElement arguments,
        IReadOnlyDictionary<string, SqlValue> claims,
        IMemberCalls members,
        TimeProvider time
    )
    {
        this.tool = tool;
        this.arguments = arguments;
        this.claims = claims;
        this.members = members;
        this.time = time;
        writer = new StepArguments(arguments, claims);
    }

    /// <param name="arguments">An object; undefined for none.</param>
    /// <param name="claims">Of the caller's verified token, those that are one value.</param>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public static Task<ComposedAnswer> RunAsync(
        ComposedTool tool,
        JsonElement arguments,
        IReadOnlyDictionary<string, SqlValue> claims,
        IMemberCalls members,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        new ComposedCall(
            tool,
            arguments.ValueKind == JsonValueKind.Undefined ? JsonElement.Parse("{}") : arguments,
            claims,
            members,
            time
        ).ExecuteAsync(cancellationToken);

    private async Task<ComposedAnswer> ExecuteAsync(CancellationToken cancellationToken)
    {
        if (tool.Input.FindError(arguments) is { } mismatch)
        {
            return Fail(ComposeFailure.Arguments, "", $"\"{mismatch.At}\" ({mismatch.Keyword})");
        }

        if (tool.FindForbiddenWrite(members.IsReadOnly) is { } forbidden)
        {
            return Fail(ComposeFailure.Writes, forbidden.Name, forbidden.Call);
        }

        foreach (var wave in tool.CreateWaves())
        {
            if (await RunWaveAsync(wave, cancellationToken) is { } failure)
            {
                return ComposedAnswer.Failed(failure);
            }
        }

        var answer = tool.Query is null ? PassOn() : await SelectAsync(tool.Query, cancellationToken);
        return answer is { Failure: null, IsWhole: false } && FindMismatch(answer.Finding) is { } wrong
            ? Fail(ComposeFailure.Output, "", wrong)
            : answer;
    }

    private async Task<ComposeFailure?> RunWaveAsync(
        IReadOnlyList<ComposeStep> wave,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = wave.Select(step => RunAndStopAsync(step, stop)).ToList();
        var ended = await Task.WhenAll(running);
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < wave.Count; i++)
        {
            outcomes[wave[i].Name] = ended[i];
        }

        // Steps that another one's failure cancelled have no failure of their own.
        return ended.FirstOrDefault(o => o.Failure is not null)?.Failure
            ?? (
                outcomes.Values.Sum(o => o.Characters) > MaxCharacters
                    ? new ComposeFailure(
                        ComposeFailure.Limit,
                        "",
                        $"the rows of all steps have more than {MaxCharacters >> 20} MiB"
                    )
                    : null
            );
    }

    private async Task<StepOutcome> RunAndStopAsync(ComposeStep step, CancellationTokenSource stop)
    {
        try
        {
            var outcome = await RunStepAsync(step, stop.Token);
            if (outcome.Failure is not null)
            {
                await stop.CancelAsync();
            }

            return outcome;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new StepOutcome([]);
        }
    }

    private async Task<StepOutcome> RunStepAsync(ComposeStep step, CancellationToken cancellationToken)
    {
        IReadOnlyList<SqlValue[]> rows = step.ForEach is { } before
            ? outcomes[before].Rows
            :
            [
                [],
            ];
        IReadOnlyList<string> columns = step.ForEach is { } of ? GetColumns(of) : [];
        if (Interlocked.Add(ref calls, rows.Count) > MaxCalls)
        {
            return new StepOutcome([], new(ComposeFailure.Limit, step.Name, $"one call may make {MaxCalls} calls"));
        }

        // The answers are read in the order of the rows, whichever comes first.
        using var places = new SemaphoreSlim(CallsAtOnce);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answers = rows.Select(row => CallAsync(step, columns, row, places, stop.Token)).ToList();
        var reader = step.Rows is null ? null : new StepReader(step, step.Rows);
        ComposeFailure? failure = null;
        JsonElement last = default;
        var isIncomplete = false;
        foreach (var pending in answers)
        {
            try
            {
                (var result, var error) = await pending;
                error ??= failure is null ? reader?.Add(result) : null;
                last = result;
                if (error is { Code: ComposeFailure.StepFailed } && step.MayFail)
                {
                    isIncomplete = true;
                }
                else if (error is not null && failure is null)
                {
                    failure = error;
                    await stop.CancelAsync();
                }
            }
            catch (OperationCanceledException) when (failure is not null && !cancellationToken.IsCancellationRequested)
            {
                // The failure of an earlier row cancelled it.
            }
        }

        return new StepOutcome(reader?.Rows ?? [], failure)
        {
            Result = last,
            Characters = reader?.Characters ?? 0,
            IsIncomplete = isIncomplete,
            IsCut = reader?.IsCut ?? false,
        };
    }

    private async Task<(JsonElement Result, ComposeFailure? Failure)> CallAsync(
        ComposeStep step,
        IReadOnlyList<string> columns,
        SqlValue[] row,
        SemaphoreSlim places,
        CancellationToken cancellationToken
    )
    {
        if (writer.Write(step, columns, row, out var failure) is not { } written)
        {
            return (default, failure);
        }

        await places.WaitAsync(cancellationToken);
        try
        {
            var answer = await members.CallAsync(step, written, cancellationToken);
            var code =
                answer.Failure
                ?? (answer.Result.ValueKind != JsonValueKind.Object ? "result" : null)
                // The result of a tool that passes everything on may report its own error.
                ?? (IsError(answer.Result) && !IsPassedOn(step) ? MemberAnswer.ToolError : null);
            return code is null
                ? (answer.Result, null)
                : (
                    default,
                    new ComposeFailure(ComposeFailure.StepFailed, step.Name, code)
                    {
                        Ticket = answer.Ticket,
                        ConnectPage = answer.ConnectPage,
                    }
                );
        }
        finally
        {
            places.Release();
        }
    }

    private bool IsPassedOn(ComposeStep step) => tool.Query is null && step.Rows is null;

    private static bool IsError(JsonElement result) =>
        result.TryGetProperty("isError"u8, out var isError) && isError.ValueKind == JsonValueKind.True;

    private IReadOnlyList<string> GetColumns(string step) =>
        [.. tool.Steps.First(s => s.Name == step).Rows!.Columns.Select(c => c.Name)];

    private ComposedAnswer PassOn()
    {
        var step = tool.Steps[0];
        var outcome = outcomes[step.Name];
        return step.Rows is null
            ? new ComposedAnswer(Write(json => outcome.Result.WriteTo(json)), IsWhole: true, null)
            : WriteFinding(GetColumns(step.Name), outcome.Rows, hasMore: false);
    }

    private async Task<ComposedAnswer> SelectAsync(JoinQuery query, CancellationToken cancellationToken)
    {
        if (BindParameters(query, out var unfit) is not { } parameters)
        {
            return Fail(ComposeFailure.Arguments, "", $"\"/{unfit}\" (scalar)");
        }

        // A statement uses a processor alone, so no more of them run than the machine has processors.
        await Statements.WaitAsync(cancellationToken);
        JoinResult result;
        try
        {
            result = Run(query, parameters, cancellationToken);
        }
        finally
        {
            Statements.Release();
        }

        if (result.Failure is { } failure)
        {
            return Fail(failure.IsLimit ? ComposeFailure.Limit : ComposeFailure.Statement, "", failure.Message);
        }

        if (tool.RequiresRows && result.Rows.Count > 0)
        {
            var outcome = await WriteStepAsync(query, result.Rows[0], cancellationToken);
            if (outcome.Failure is { } wrong)
            {
                return ComposedAnswer.Failed(wrong);
            }

            outcomes[tool.Steps[^1].Name] = outcome;
        }

        return WriteFinding(query.Columns, result.Rows, result.HasMore);
    }

    private JoinResult Run(
        JoinQuery query,
        Dictionary<string, SqlValue> parameters,
        CancellationToken cancellationToken
    ) =>
        query.Run(
            [.. tool.Readers.Select(s => outcomes[s.Name].Rows)],
            parameters,
            new JoinBounds(tool.MaxRows),
            time,
            cancellationToken
        );

    // An argument or a claim that is absent is null. Returns null, and the name, if an argument is an object or an array.
    private Dictionary<string, SqlValue>? BindParameters(JoinQuery query, out string unfit)
    {
        var values = new Dictionary<string, SqlValue>(StringComparer.Ordinal);
        unfit = "";
        foreach (var name in query.Parameters)
        {
            if (name.StartsWith(JoinCompiler.ClaimPrefix, StringComparison.Ordinal))
            {
                values[name] = claims.GetValueOrDefault(name[JoinCompiler.ClaimPrefix.Length..]);
                continue;
            }

            unfit = name[JoinCompiler.ArgumentPrefix.Length..];
            if (arguments.TryGetProperty(unfit, out var given))
            {
                if (!SqlValue.TryRead(given, out var value))
                {
                    return null;
                }

                values[name] = value;
            }
        }

        return values;
    }

    // The statement has returned a row: the last step is called with it, once.
    private async Task<StepOutcome> WriteStepAsync(JoinQuery query, SqlValue[] row, CancellationToken cancellationToken)
    {
        var step = tool.Steps[^1];
        using var places = new SemaphoreSlim(1);
        var (result, failure) = await CallAsync(step, query.Columns, row, places, cancellationToken);
        var reader = step.Rows is null ? null : new StepReader(step, step.Rows);
        // The tool did what it was called for, so rows that cannot be read do not fail the call.
        var isUnread = failure is null && reader?.Add(result) is not null;
        return new StepOutcome(reader?.Rows ?? [], failure) { IsIncomplete = isUnread, IsCut = reader?.IsCut ?? false };
    }

    private ComposedAnswer WriteFinding(IReadOnlyList<string> columns, IReadOnlyList<SqlValue[]> rows, bool hasMore) =>
        new(
            Write(json =>
            {
                json.WriteStartObject();
                WriteRows(json, "rows", columns, rows);
                if (hasMore)
                {
                    json.WriteBoolean("more"u8, true);
                }

                if (
                    tool.RequiresRows
                    && tool.Steps[^1] is { Rows: not null } last
                    && outcomes.TryGetValue(last.Name, out var written)
                )
                {
                    WriteRows(json, last.Name, GetColumns(last.Name), written.Rows);
                }

                WriteNames(json, "incomplete", o => o.IsIncomplete);
                WriteNames(json, "truncated", o => o.IsCut);
                json.WriteEndObject();
            }),
            IsWhole: false,
            null
        );

    private static void WriteRows(
        Utf8JsonWriter json,
        string name,
        IReadOnlyList<string> columns,
        IReadOnlyList<SqlValue[]> rows
    )
    {
        var names = columns.Select(c => JsonEncodedText.Encode(c)).ToArray();
        json.WriteStartArray(name);
        foreach (var row in rows)
        {
            json.WriteStartObject();
            for (var i = 0; i < row.Length; i++)
            {
                json.WritePropertyName(names[i]);
                row[i].Write(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteNames(Utf8JsonWriter json, string name, Func<StepOutcome, bool> isOne)
    {
        var steps = tool.Steps.Where(s => outcomes.TryGetValue(s.Name, out var o) && isOne(o)).ToList();
        if (steps.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        steps.ForEach(s => json.WriteStringValue(s.Name));
        json.WriteEndArray();
    }

    private string? FindMismatch(ReadOnlyMemory<byte> finding) =>
        tool.Output?.FindError(JsonElement.Parse(finding.Span)) is { } wrong
            ? $"\"{wrong.At}\" ({wrong.Keyword})"
            : null;

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(FirstBytes);
        using var json = new Utf8JsonWriter(buffer);
        write(json);
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static ComposedAnswer Fail(string code, string step, string detail) =>
        ComposedAnswer.Failed(new ComposeFailure(code, step, detail));

    private sealed record StepOutcome(IReadOnlyList<SqlValue[]> Rows, ComposeFailure? Failure = null)
    {
        public JsonElement Result { get; init; }

        public long Characters { get; init; }

        public bool IsIncomplete { get; init; }

        public bool IsCut { get; init; }
    }
}

using System.Text.Json;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>
/// Answers of members from files, for trials without servers. Each file has one answer or an array of them:
/// <c>{"call": "ROUTE/TOOL", "arguments": {…}, "result": {…}}</c>. Without <c>arguments</c> it is for all calls of the tool;
/// <c>failure</c> in place of <c>result</c> is the code of a failure; <c>"read_only": false</c> marks a tool that writes.
/// </summary>
internal sealed class RecordedAnswers : IMemberCalls
{
    /// <summary>The code of a call for which no file has an answer.</summary>
    public const string Missing = "fixture_missing";

    private static readonly string[] Members = ["call", "arguments", "result", "failure", "read_only"];

    private readonly List<Recorded> answers = [];

    /// <exception cref="InvalidDataException">A file is not of this form.</exception>
    public static RecordedAnswers Read(string folder)
    {
        var recorded = new RecordedAnswers();
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                var json = JsonElement.Parse(File.ReadAllBytes(file));
                foreach (
                    var one in json.ValueKind == JsonValueKind.Array
                        ? [.. json.EnumerateArray()]
                        : (JsonElement[])[json]
                )
                {
                    recorded.answers.Add(ReadOne(one));
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or InvalidDataException)
            {
                throw new InvalidDataException($"{file}: {e.Message}", e);
            }
        }

        return recorded;
    }

    public bool IsReadOnly(ComposeStep step) => !answers.Exists(a => a.Call == step.Call && a.Writes);

    public Task<MemberAnswer> CallAsync(
        ComposeStep step,
        ReadOnlyMemory<byte> arguments,
        CancellationToken cancellationToken
    )
    {
        var given = JsonElement.Parse(arguments.Span);
        var found = answers.Find(a =>
            a.Call == step.Call
            && (a.Arguments.ValueKind == JsonValueKind.Undefined || JsonElement.DeepEquals(a.Arguments, given))
        );
        return Task.FromResult(found?.Answer ?? MemberAnswer.Failed(Missing));
    }

    private static Recorded ReadOne(JsonElement json)
    {
        if (
            json.ValueKind != JsonValueKind.Object
            || json.EnumerateObject().Any(m => !Members.Contains(m.Name))
            || !json.TryGetProperty("call"u8, out var call)
            || json.TryGetProperty("result"u8, out var result) == json.TryGetProperty("failure"u8, out var failure)
        )
        {
            throw new InvalidDataException(
                "An answer is an object with call and either result or failure, and may have arguments and read_only."
            );
        }

        json.TryGetProperty("arguments"u8, out var arguments);
        return new Recorded(
            call.GetString()!,
            arguments,
            json.TryGetProperty("read_only"u8, out var readOnly) && !readOnly.GetBoolean(),
            failure.ValueKind == JsonValueKind.Undefined
                ? new MemberAnswer(result, null)
                : MemberAnswer.Failed(failure.GetString()!)
        );
    }

    private sealed record Recorded(string Call, JsonElement Arguments, bool Writes, MemberAnswer Answer);
}

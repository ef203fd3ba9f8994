using System.Text.RegularExpressions;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>A call of one of our programs.</summary>
internal sealed partial record ProgramCall(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Commands that run another one, whose words follow theirs.</summary>
    private static readonly HashSet<string> Wrappers = new(StringComparer.Ordinal)
    {
        "docker",
        "env",
        "exec",
        "kubectl",
        "nice",
        "setpriv",
        "sudo",
        "systemd-run",
        "time",
    };

    private static readonly HashSet<string> Programs = new(StringComparer.Ordinal)
    {
        "culvert",
        "identity-service",
        "tunnel-agent",
        "tunnel-edge",
    };

    /// <returns>Null when a simple command does not call a Culvert program.</returns>
    public static ProgramCall? Find(IReadOnlyList<string> words)
    {
        var at = words.TakeWhile(word => Assignment().IsMatch(word) || word is "!" or "{" or "(").Count();
        if (at == words.Count)
        {
            return null;
        }

        if (Wrappers.Contains(words[at]))
        {
            // `docker compose up identity-service` and `kubectl rollout …/tunnel-agent` name a part, and call nothing.
            var calls = words[at] switch
            {
                "docker" => words.Contains("run") || words.Contains("exec"),
                "kubectl" => words.Contains("exec"),
                _ => true,
            };
            // Behind kubectl's own words, among which a namespace may have the name of a program.
            at =
                words[at] == "kubectl" && words.Contains("--") ? words.TakeWhile(word => word != "--").Count() + 1 : at;
            at = Enumerable.Range(at, words.Count - at).FirstOrDefault(i => calls && Programs.Contains(words[i]), -1);
        }

        return at >= 0 && ProgramOf(words[at]) is { } program
            ? new ProgramCall(program, [.. words.Skip(at + 1)])
            : null;
    }

    private static string? ProgramOf(string word)
    {
        if (word is "./quickstart" or "./test" or "./bench" or "./release")
        {
            return word;
        }

        // Wherever it lies: "$CULVERT_BIN/culvert".
        var name = word[(word.LastIndexOf('/') + 1)..];
        return Programs.Contains(name) ? name : null;
    }

    [GeneratedRegex(@"^\w+=")]
    private static partial Regex Assignment();
}

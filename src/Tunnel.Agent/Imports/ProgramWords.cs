using System.Text.RegularExpressions;
using Culvert.Machine.Client.CertificateFiles;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>Splits a command line into words, and removes secrets from the words.</summary>
internal static partial class ProgramWords
{
    public const string Replacement = "REPLACE";

    /// <summary>
    /// Splits as the agent splits its own commands, without a shell. Null: no program, or a quote is not closed.
    /// </summary>
    public static List<string>? Split(string text) => ChangeCommand.Parse(text)?.Words.ToList();

    /// <summary>Replaces arguments that may be secrets. In doubt it replaces an argument.</summary>
    /// <returns>How many were replaced.</returns>
    public static int HideSecrets(List<string> words)
    {
        var count = 0;
        for (var i = 1; i < words.Count; i++)
        {
            var equals = words[i].IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && SecretName().IsMatch(words[i][..equals]))
            {
                words[i] = words[i][..(equals + 1)] + Replacement;
            }
            else if (
                MayBeSecret(words[i])
                || (words[i - 1].StartsWith('-') && !words[i - 1].Contains('=') && SecretName().IsMatch(words[i - 1]))
            )
            {
                words[i] = Replacement;
            }
            else
            {
                continue;
            }

            count++;
        }

        return count;
    }

    /// <summary>Whether the text has the form of a credential.</summary>
    public static bool MayBeSecret(string text) => SecretValue().IsMatch(text) || Redaction.Redact(text) != text;

    [GeneratedRegex(
        "token|secret|passw|passphrase|pwd|key|auth|credential|cookie|bearer|header",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex SecretName();

    // Providers begin their keys with these prefixes.
    [GeneratedRegex(
        "(?:^|[^A-Za-z0-9])(?:sk|pk|rk|gh[a-z]|github_pat|glpat|xox[a-z]|hf|AKIA|AIza)[-_A-Z0-9]|^(?:Bearer|Basic) ",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex SecretValue();
}

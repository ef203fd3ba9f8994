using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Configuration;

[SuppressMessage("Naming", "CA1720", Justification = "The getters are named after what an operator writes.")]
public static class ConfigScalars
{
    /// <summary>A hundred years, the longest duration.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36500);

    /// <summary>Text; the default when absent.</summary>
    public static string String(this ConfigSection section, string key, string defaultValue = "") =>
        section.Scalar(section.Declare(key, ConfigValueType.Text, defaultValue), defaultValue, AnyText, "text");

    /// <summary>Required text that must not be empty; empty after reporting its absence.</summary>
    public static string RequiredString(this ConfigSection section, string key) =>
        section.Scalar(
            section.Declare(key, ConfigValueType.Text, required: true),
            "",
            NonEmpty,
            "text that is not empty"
        );

    public static bool Bool(this ConfigSection section, string key, bool defaultValue) =>
        section.Scalar(
            section.Declare(key, ConfigValueType.Boolean, defaultValue ? "true" : "false"),
            defaultValue,
            ParseBool,
            "true or false"
        );

    /// <summary>A whole number within inclusive bounds; required when there is no default.</summary>
    public static int Int(
        this ConfigSection section,
        string key,
        int? defaultValue,
        int min = 0,
        int max = int.MaxValue
    )
    {
        var declaration = section.Declare(
            key,
            ConfigValueType.WholeNumber,
            Text(defaultValue),
            defaultValue is null
        ) with
        {
            Minimum = Text(min),
            Maximum = Text(max),
        };
        bool Parse(string text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= min
            && value <= max;
        var expected = min == max ? Text(min)! : $"a whole number from {min} to {max}";
        return section.Scalar(declaration, defaultValue ?? min, Parse, expected);

        static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A duration such as <c>30s</c> within inclusive bounds.</summary>
    public static TimeSpan Duration(
        this ConfigSection section,
        string key,
        TimeSpan defaultValue,
        TimeSpan? min = null,
        TimeSpan? max = null
    )
    {
        var (low, high) = (min ?? TimeSpan.Zero, max ?? Longest);
        var declaration = section.Declare(key, ConfigValueType.Duration, ConfigText.Duration(defaultValue)) with
        {
            Minimum = ConfigText.Duration(low),
            Maximum = high == Longest ? null : ConfigText.Duration(high),
        };
        bool Parse(string text, out TimeSpan value) =>
            ConfigText.TryDuration(text, out value) && value >= low && value <= high;
        var expected =
            $"a duration from {declaration.Minimum} to {ConfigText.Duration(high)}, such as 500ms, 30s, 5m, 24h or 90d";
        return section.Scalar(declaration, defaultValue, Parse, expected);
    }

    /// <summary>A number of bytes such as <c>64KiB</c> within inclusive bounds.</summary>
    public static long Size(
        this ConfigSection section,
        string key,
        long defaultBytes,
        long min = 0,
        long max = long.MaxValue
    )
    {
        var declaration = section.Declare(key, ConfigValueType.Size, ConfigText.Size(defaultBytes)) with
        {
            Minimum = ConfigText.Size(min),
            Maximum = max == long.MaxValue ? null : ConfigText.Size(max),
        };
        bool Parse(string text, out long value) => ConfigText.TrySize(text, out value) && value >= min && value <= max;
        var bounds =
            max == long.MaxValue
                ? $"of at least {declaration.Minimum}"
                : $"from {declaration.Minimum} to {declaration.Maximum}";
        return section.Scalar(declaration, defaultBytes, Parse, $"a size {bounds}, such as 64KiB or 1MiB");
    }

    /// <summary>A rate such as <c>50/1s</c>.</summary>
    public static Rate Rate(this ConfigSection section, string key, Rate defaultValue) =>
        section.Scalar(
            section.Declare(key, ConfigValueType.Rate, defaultValue.ToString()),
            defaultValue,
            Configuration.Rate.TryParse,
            "a rate, such as 50/1s"
        );

    /// <summary>One text, number or boolean; null when absent.</summary>
    public static ConfigLiteral? Literal(this ConfigSection section, string key)
    {
        var declaration = section.Declare(key, ConfigValueType.Literal);
        if (!section.TryScalarNode(declaration, out ScalarNode? written, out var source))
        {
            return null;
        }

        if (!ConfigLiteral.TryParse(written.Text, written.IsPlain, out var literal))
        {
            section.Report(
                source,
                key,
                written.Text,
                $"This is not {LiteralForm}.",
                "Quote text that YAML could read as a number."
            );
            return null;
        }

        section.Record(key, written.Text, source);
        return literal;
    }

    /// <summary>One of the named values.</summary>
    public static string Choice(this ConfigSection section, string key, string defaultValue, params string[] allowed)
    {
        var declaration = section.Declare(key, ConfigValueType.Choice, defaultValue) with { Allowed = allowed };
        bool Parse(string text, out string value)
        {
            value = text;
            return allowed.Contains(text, StringComparer.Ordinal);
        }

        return section.Scalar(declaration, defaultValue, Parse, $"one of {string.Join(", ", allowed)}");
    }

    /// <summary>
    /// A reference to a secret, <c>file:/path</c> or <c>env:NAME</c>, that can be read now, unless
    /// <paramref name="mustExist"/> is false. An invalid value is never repeated in the error, because it is probably
    /// the secret.
    /// </summary>
    public static SecretReference? Secret(
        this ConfigSection section,
        string key,
        bool required = false,
        bool mustExist = true
    )
    {
        var declaration = section.Declare(key, ConfigValueType.Secret, required ? null : "", required);
        if (!section.TryScalar(declaration, out var text, out var source))
        {
            return null;
        }

        if (text.Length == 0 && !required)
        {
            section.Record(key, text, source);
            return null;
        }

        if (!SecretReference.TryParse(text, section.Folder, out var reference))
        {
            section.Report(source, key, null, "A secret must not be written here.", "Write file:/path or env:NAME.");
            return null;
        }

        section.Record(key, reference.ToString(), source);
        section.RecordSecret(key, reference);
        if (mustExist && reference.Problem() is { } problem)
        {
            section.Report(source, key, null, problem, "Provide the secret at the place that the reference names.");
        }

        return reference;
    }

    /// <summary>A file's path, made absolute from the configuration's folder; empty when unset.</summary>
    public static string Path(this ConfigSection section, string key, string defaultValue = "", bool required = false)
    {
        var declaration = section.Declare(key, ConfigValueType.Path, required ? null : defaultValue, required);
        ConfigParser<string> parser = required ? NonEmpty : AnyText;
        var text = section.Scalar(declaration, defaultValue, parser, "a path");
        return text.Length == 0 || section.IsDescribing ? text : System.IO.Path.GetFullPath(text, section.Folder);
    }

    /// <summary>An absolute URL of one of the schemes, without user, query or fragment; null when absent or empty.</summary>
    public static Uri? Url(this ConfigSection section, string key, bool required = false, params string[] schemes)
    {
        var declaration = section.Declare(key, ConfigValueType.Url, required ? null : "", required) with
        {
            Allowed = schemes,
        };
        bool Parse(string text, out Uri? value)
        {
            value = null;
            return (text.Length == 0 && !required)
                || (
                    Uri.TryCreate(text, UriKind.Absolute, out value)
                    && schemes.Contains(value.Scheme, StringComparer.Ordinal)
                    && value is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 }
                );
        }

        var expected = $"an absolute URL with scheme {string.Join(" or ", schemes)}, without user, query or fragment";
        return section.Scalar<Uri?>(declaration, null, Parse, expected);
    }

    /// <summary>An address and port such as <c>127.0.0.1:8081</c>; port 0 lets the system choose.</summary>
    public static IPEndPoint EndPoint(this ConfigSection section, string key, string defaultValue) =>
        section.Scalar(
            section.Declare(key, ConfigValueType.EndPoint, defaultValue),
            IPEndPoint.Parse(defaultValue),
            ParseEndPoint,
            "an address and port, such as 127.0.0.1:8081 or [::1]:8081"
        );

    internal const string LiteralForm = "text, true, false or a number as JSON writes it";

    internal static bool AnyText(string text, out string value)
    {
        value = text;
        return true;
    }

    private static bool NonEmpty(string text, out string value)
    {
        value = text;
        return text.Length > 0;
    }

    private static bool ParseBool(string text, out bool value)
    {
        value = text == "true";
        return text is "true" or "false";
    }

    internal static bool ParseEndPoint(string text, out IPEndPoint value)
    {
        // The BCL would accept a missing port as 0, and "8080" as an address.
        var host = text[..Math.Max(0, text.LastIndexOf(':'))];
        return IPEndPoint.TryParse(text, out value!)
            && (host is ['[', .., ']'] || (!host.Contains(':') && host.Contains('.')));
    }
}

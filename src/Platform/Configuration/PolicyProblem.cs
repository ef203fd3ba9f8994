namespace Culvert.Platform.Configuration;

/// <summary>A reason why no agent could use a policy text.</summary>
/// <param name="Line">The line, from 1; null: the text as a whole.</param>
/// <param name="Key">The path of the key; empty when there is none.</param>
/// <param name="Message">The error, without the value.</param>
/// <param name="Remedy">What to do about the error.</param>
public sealed record PolicyProblem(int? Line, string Key, string Message, string Remedy)
{
    public static PolicyProblem From(ConfigError error) =>
        new(error.Source.Line > 0 ? error.Source.Line : null, error.Key, error.Message, error.Remedy);

    public override string ToString()
    {
        var key = Key.Length == 0 ? "" : $" {Key}:";
        return Line is null ? $"{Message} {Remedy}" : $"line {Line}:{key} {Message} {Remedy}";
    }
}

namespace Culvert.Platform.Configuration;

/// <summary>One reason why no agent could use the text of a policy.</summary>
/// <param name="Line">Of the text, from 1; null: of the text as a whole.</param>
/// <param name="Key">The path of the key; empty where there is none.</param>
/// <param name="Message">What is wrong, without the value.</param>
/// <param name="Remedy">What to do about it.</param>
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

namespace Culvert.Platform.Configuration;

public sealed record ConfigError
{
    /// <summary>File and line, variable or flag.</summary>
    public required ConfigSource Source { get; init; }

    /// <summary>The full path of the key, such as <c>tunnel.connections</c>; empty for the file as a whole.</summary>
    public required string Key { get; init; }

    /// <summary>The invalid value; null when there is none, or when it could be a secret.</summary>
    public string? Value { get; init; }

    public required string Message { get; init; }

    public required string Remedy { get; init; }

    public override string ToString()
    {
        var key = Key.Length > 0 ? $"{Key}: " : "";
        var value = Value is null ? "" : $"'{ConfigText.Printable(Value)}': ";
        return $"{Source}: {key}{value}{Message} {Remedy}".TrimEnd();
    }
}

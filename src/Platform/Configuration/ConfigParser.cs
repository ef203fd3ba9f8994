namespace Culvert.Platform.Configuration;

/// <summary>Reads one written value.</summary>
internal delegate bool ConfigParser<T>(string text, out T value);

namespace Culvert.Platform.Configuration;

internal delegate bool ConfigParser<T>(string text, out T value);

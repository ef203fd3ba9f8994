using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Culvert.Documentation.Tests.Logging;

/// <summary>Finds what an assembly can log, by the attribute that also makes the code.</summary>
internal static partial class LogEvents
{
    public static IReadOnlyList<LogEvent> Of(string assembly) =>
        [
            .. Assembly
                .Load(assembly)
                .GetTypes()
                .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .Select(method => (method, said: method.GetCustomAttribute<LoggerMessageAttribute>()))
                .Where(found => found.said is not null)
                .Select(found => Read(found.method, found.said!))
                .OrderBy(one => one.Id),
        ];

    private static LogEvent Read(MethodInfo method, LoggerMessageAttribute said) =>
        new(
            said.EventId,
            said.EventName ?? method.Name,
            said.Level switch
            {
                LogLevel.Information => "info",
                LogLevel.None => "varies",
                var level => level.ToString().ToLowerInvariant(),
            },
            said.Message,
            [
                .. Placeholder()
                    .Matches(said.Message)
                    .Select(match => JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups["name"].Value)),
            ]
        );

    [GeneratedRegex(@"\{(?<name>\w+)(?:[,:][^}]*)?\}")]
    private static partial Regex Placeholder();
}

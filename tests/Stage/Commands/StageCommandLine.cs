using System.Globalization;

namespace Culvert.Stage.Commands;

/// <summary>The options of <c>./quickstart</c>. The shell script has the usage text.</summary>
internal sealed record StageCommandLine(
    StageVerb Verb,
    string? Name,
    int? PortBase,
    bool Delete,
    bool Postgres,
    bool Ha,
    bool Drift,
    bool Join
)
{
    /// <summary>Privileged ports are not ours to take, and the whole block must exist.</summary>
    private const int LowestBase = 1024;
    private const int HighestBase = 65_535 - (2 * Ports.PortPlan.BlockSize) + 1;

    /// <returns>Null with the reason when it cannot be understood.</returns>
    public static StageCommandLine? Parse(IReadOnlyList<string> arguments, out string reason)
    {
        var result = new StageCommandLine(
            StageVerb.Once,
            null,
            null,
            Delete: false,
            Postgres: false,
            Ha: false,
            Drift: false,
            Join: false
        );
        var words = new List<string>();
        reason = "";
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--delete":
                    result = result with { Delete = true };
                    break;
                case "--ha":
                    result = result with { Ha = true };
                    break;
                case "--drift":
                    result = result with { Drift = true };
                    break;
                case "--join":
                    result = result with { Join = true };
                    break;
                case "--storage":
                    if (i + 1 == arguments.Count || arguments[++i] is not ("sqlite" or "postgres"))
                    {
                        reason = "--storage needs sqlite or postgres";
                        return null;
                    }

                    result = result with { Postgres = arguments[i] == "postgres" };
                    break;
                case "--port-base":
                    if (
                        i + 1 == arguments.Count
                        || !int.TryParse(arguments[++i], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                        || port is < LowestBase or > HighestBase
                    )
                    {
                        reason = $"--port-base needs a number from {LowestBase} to {HighestBase}";
                        return null;
                    }

                    result = result with { PortBase = port };
                    break;
                case ['-', ..] unknown:
                    reason = $"unknown option {unknown}";
                    return null;
                default:
                    words.Add(arguments[i]);
                    break;
            }
        }

        StageVerb? verb = words switch
        {
            [] => StageVerb.Once,
            ["up"] => StageVerb.Up,
            ["demo"] => StageVerb.Demo,
            ["status"] => StageVerb.Status,
            ["logs", _] => StageVerb.Logs,
            ["down"] => StageVerb.Down,
            _ => null,
        };
        if (verb is null)
        {
            reason = words is ["logs"] ? "logs needs a name" : $"unknown command: {string.Join(' ', words)}";
            return null;
        }

        if (result.Delete && verb != StageVerb.Down)
        {
            reason = "--delete belongs to down";
            return null;
        }

        if (result.Postgres && verb is not (StageVerb.Once or StageVerb.Up))
        {
            reason = "--storage belongs to a plain run or to up";
            return null;
        }

        if (result.Ha && verb is not (StageVerb.Once or StageVerb.Up))
        {
            reason = "--ha belongs to a plain run or to up";
            return null;
        }

        if (result.Drift && verb != StageVerb.Demo)
        {
            reason = "--drift belongs to demo";
            return null;
        }

        if (result.Join && (verb != StageVerb.Demo || result.Drift))
        {
            reason = "--join belongs to demo, without --drift";
            return null;
        }

        return result with
        {
            Verb = verb.Value,
            Name = words.ElementAtOrDefault(1),
        };
    }
}

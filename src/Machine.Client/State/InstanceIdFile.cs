using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Machine.Client.State;

/// <summary>Stores an agent's <see cref="InstanceId"/>, so that it stays the same after a restart.</summary>
public static class InstanceIdFile
{
    private const string FileName = "instance_id";

    /// <summary>The id in the state directory, created on first use.</summary>
    /// <exception cref="StateDirectoryException">The stored id is damaged, or a new one cannot be written.</exception>
    public static InstanceId LoadOrCreate(StateDirectory state)
    {
        if (state.ReadText(FileName) is not { } kept)
        {
            var made = InstanceId.NewRandom();
            state.WriteText(FileName, made + "\n");
            return made;
        }

        // The service would see a new id as a new instance, and the old one as lost.
        return InstanceId.TryParse(kept.Trim(), out var id)
            ? id
            : throw new StateDirectoryException($"{state.GetPath(FileName)} contains no instance ID: remove the file.");
    }

    /// <summary>The id in the state directory; null when there is none that can be read.</summary>
    public static InstanceId? Find(StateDirectory state)
    {
        try
        {
            return InstanceId.TryParse(state.ReadText(FileName)?.Trim(), out var id) ? id : null;
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Like <see cref="Find"/>, but empty when no agent has run with this state directory.</summary>
    public static string? FindText(StateDirectory state)
    {
        ArgumentNullException.ThrowIfNull(state);
        try
        {
            return Find(state)?.Value
                ?? (Directory.Exists(state.Path) && Directory.GetFiles(state.Path, FileName).Length > 0 ? null : "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>The spelling of states in the store and on the wire.</summary>
internal static class RootStates
{
    public static string NameOf(RootState state) =>
        state switch
        {
            RootState.Staged => "staged",
            RootState.Active => "active",
            RootState.Retiring => "retiring",
            RootState.Retired => "retired",
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };

    public static RootState Parse(string name) =>
        Enum.GetValues<RootState>().FirstOrDefault(state => NameOf(state) == name, RootState.Retired);
}

namespace Culvert.Identity.Service.Limits;

/// <summary>
/// The rates in force. Limiters read them at each use, so that a changed file takes effect at once; buckets keep what they
/// have, up to the new limit. The other members of <see cref="LimitOptions"/> take a restart.
/// </summary>
internal sealed class LimitRates(LimitOptions options)
{
    private volatile LimitOptions current = options;

    public LimitOptions Current => current;

    public void Use(LimitOptions changed) => current = changed;
}

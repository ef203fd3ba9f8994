namespace Culvert.Platform.Net;

/// <summary>The current network settings. Each new dial reads them; existing connections are unchanged.</summary>
public sealed class NetworkSource(NetworkOptions options)
{
    private volatile NetworkOptions current = options;

    public NetworkOptions Current => current;

    public void Swap(NetworkOptions next) => current = next;
}

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>What a call and its repetition have in common.</summary>
internal sealed class CallIdentity(string key, string parameters, CallInputs inputs)
{
    /// <summary>Equal for equal calls of the same caller under the same answer rules.</summary>
    public string Key => key;

    /// <summary>The digest of the call's parameters.</summary>
    public string Parameters => parameters;

    public CallInputs Inputs => inputs;
}

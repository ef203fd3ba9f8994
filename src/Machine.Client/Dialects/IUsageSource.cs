using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Dialects;

/// <summary>Where an agent's reports get what was called.</summary>
public interface IUsageSource
{
    /// <summary>The next part; the same one again until it was delivered. Null: there is none.</summary>
    AgentReportUsage? Next();

    /// <summary>The service has it, or will never take it.</summary>
    void Delivered(AgentReportUsage usage);
}

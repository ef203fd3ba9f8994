using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Dialects;

public interface IUsageSource
{
    /// <summary>The next part; the same one again until it was delivered. Null: there is none.</summary>
    AgentReportUsage? Next();

    /// <summary>Marks a part as delivered: the service stored it, or refuses it permanently.</summary>
    void Delivered(AgentReportUsage usage);
}

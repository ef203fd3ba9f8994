using System.Diagnostics.Metrics;

namespace Culvert.Testing;

/// <summary>What is measured by the instruments of one name, of all of this process: other tests run at the same time.</summary>
public static class Instruments
{
    /// <summary>
    /// Calls <paramref name="measured"/> with each measurement and its labels, on the thread that measures, until the
    /// listener is disposed. Observable instruments measure at its RecordObservableInstruments.
    /// </summary>
    public static MeterListener Listen<T>(string name, Action<T, IReadOnlyDictionary<string, object?>> measured)
        where T : struct
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == name)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<T>(
            (_, value, labels, _) =>
                measured(value, labels.ToArray().ToDictionary(label => label.Key, label => label.Value))
        );
        listener.Start();
        return listener;
    }
}
